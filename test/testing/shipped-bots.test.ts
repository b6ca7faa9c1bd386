import { world } from 'beadle/testing'
import { expect, test } from 'vitest'
import announce from '../../plugins/announce/index.ts'
import notices from '../../plugins/notices/index.ts'
import warden from '../../plugins/warden/index.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { loadBotSpecs } from '../../src/app/plugins.ts'

const CONFIG = new URL('../../config.yaml', import.meta.url).pathname
const SHIPPED = ['herald', 'warden']
const definitions = { announce, notices, warden }
const square = { group: 'square' } as const

/** A world with the bots of bots/, as they are in their files. */
async function town() {
  const { bots } = await loadConfig(CONFIG, { env: {} })
  return world({
    // Whoever took the README's tour has one more, which did not ship.
    bots: bots
      .filter(({ id }) => SHIPPED.includes(id))
      .map(({ id, config, pluginSettings }) => ({
        id,
        username: config.username,
        roles: config.roles,
        timezone: config.timezone,
        plugins: pluginSettings.map(({ instance, use, settings }) => {
          const definition = definitions[use as keyof typeof definitions]
          return { use: definition, name: instance, config: settings }
        }),
      })),
  })
}

test('the shipped bots load with their plugins', async () => {
  const specs = await loadBotSpecs(await loadConfig(CONFIG, { env: {} }))
  expect(specs.map(({ username }) => username)).toEqual(expect.arrayContaining(['herald-bot', 'warden-bot']))
})

test('the herald announces a deployment, and takes it back', async () => {
  await using w = await town()
  const headers = { authorization: 'Bearer let-the-herald-speak' }
  const body = { service: 'api', version: '1.4' }
  expect((await w.hook('/hooks/herald/announce/deploy', body, headers)).status).toBe(202)
  expect(await w.texts(square)).toEqual(['🚀 api 1.4 is live'])
  await w.say({ from: 'alice', ...square, text: '/undo' })
  expect(await w.texts(square)).toEqual(['/undo', 'Took back 1 of 1 post of the announcement deploy.'])
})

test('the herald tells of an alert in the group and the room', async () => {
  await using w = await town()
  const headers = { authorization: 'Bearer let-the-herald-speak' }
  await w.hook('/hooks/herald/announce/alert', { text: 'The disk is full.' }, headers)
  expect(await w.texts(square)).toEqual(['⚠️ The disk is full.'])
  expect(await w.texts({ room: 'hall' })).toEqual(['⚠️ The disk is full.'])
})

test('the herald says a notice when its moderator asks for it', async () => {
  await using w = await town()
  await w.say({ from: 'alice', user: 'herald-bot', text: '/notice fire standup' })
  expect(await w.texts(square)).toEqual(['Good morning! Stand-up in ten minutes.'])
})

test('the warden keeps the square clean', async () => {
  await using w = await town()
  await w.say({ from: 'dave', ...square, text: 'see this SPAM-LINK' })
  expect(await w.texts(square)).toEqual(['Please mind the rules, dave. You can speak again in 10m.'])
  await w.say({ from: 'carol', ...square, text: '/unmute dave' })
  await w.say({ from: 'dave', ...square, text: 'sorry' })
})
