import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { silentLog } from '../../src/base/log.ts'
import * as act from '../../src/cli/bot-act.ts'
import { history } from '../../src/cli/history.ts'
import { config } from '../e2e/beadle.ts'
import { APP, JMessage } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { printed } from './events-house.ts'

const SQUARE = 10000001

async function house() {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      // A history is asked of the address that stands in the file.
      server: { listen: `127.0.0.1:${await freePort()}`, sandbox: true, town: true },
    }),
    'bots/porter.yaml': { username: 'porter-bot' },
  })
  const path = join(here, 'config.yaml')
  const beadle = await startBeadle(await loadConfig(path, { env: {} }), silentLog)
  onTestFinished(() => beadle.close(0))
  const jmessage = new JMessage(beadle.serverUrl!)
  const say = async (from_id: string, text: string) => {
    const message = { from_id, text, target_type: 'group', target_id: String(SQUARE) }
    const { status, body } = await jmessage.call('POST', `/sandbox/apps/${APP.appKey}/messages`, message)
    return status === 201
      ? (body as { msg_id: number }).msg_id
      : (body as { error: { code: number } }).error.code
  }
  const options = { config: path, wait: '10s', group: String(SQUARE) }
  return { path, serverUrl: beadle.serverUrl!, jmessage, say, options, shown: { since: '1h', limit: '10' } }
}

test('a bot mutes for a while, and lets speak again', async () => {
  const { say, options } = await house()
  const { out } = await printed(() => act.inPlace('mute', 'dave', { ...options, for: '2s' }))
  expect(out).toMatch(/^dave is muted in group 10000001, until \d{4}-/)
  expect(await say('dave', 'Hello?')).toBe(803012)
  await vi.waitFor(async () => expect(await say('dave', 'At last.')).toBeGreaterThan(1e6), 10_000)
  await printed(() => act.inPlace('mute', 'dave', options))
  expect(await say('dave', 'Again?')).toBe(803012)
  const lifted = await printed(() => act.inPlace('unmute', 'dave', { ...options, json: true }))
  expect(JSON.parse(lifted.out)).toMatchObject({ done: true, bot: 'porter' })
  expect(await say('dave', 'Thanks.')).toBeGreaterThan(1e6)
})

test('a bot bans, removes, and switches do-not-disturb', async () => {
  const { say, options, jmessage } = await house()
  const { config, wait } = options
  expect((await printed(() => act.ofUser('ban', 'dave', { config, wait }))).out).toBe('dave is banned\n')
  expect(await say('dave', 'And now?')).toBe(801006)
  expect((await printed(() => act.ofUser('unban', 'dave', { config, wait }))).out).toBe(
    'dave is not banned any more\n',
  )
  expect((await printed(() => act.inPlace('kick', 'dave', options))).out).toBe(
    'dave was removed in group 10000001\n',
  )
  expect(await say('dave', 'Am I out?')).toBeLessThan(1e6)
  const { out } = await printed(() => act.dnd('bobby', 'on', { config, wait }))
  expect(out).toBe('do-not-disturb of bobby is on\n')
  await expect(act.dnd('bobby', 'maybe', { config, wait })).rejects.toThrow('maybe: must be on or off')
  await expect(act.inPlace('mute', 'dave', { config, wait })).rejects.toThrow('say where')
  await expect(act.inPlace('mute', 'nobody-there', options)).rejects.toMatchObject({
    code: expect.any(String),
  })
  expect((await jmessage.call('GET', '/v1/users/bobby', undefined)).status).toBe(200)
})

test('a message is taken back, and the history shows what is left', async () => {
  const { say, options, shown } = await house()
  const first = await say('dave', 'one')
  await say('bobby', 'two')
  const { config, wait, group } = options
  const before = await printed(() => history({ config, group, ...shown }))
  expect(before.out).toMatch(/dave +group 10000001 +one\n.*bobby +group 10000001 +two\n$/)
  const taken = await printed(() => act.retract(String(first), { config, wait, sender: 'dave' }))
  expect(taken.out).toBe(`message ${first} was taken back\n`)
  const after = await printed(() => history({ config, group, ...shown, json: true }))
  expect(JSON.parse(after.out)).toMatchObject([{ from_id: 'bobby', msg_body: { text: 'two' } }])
  const direct = await printed(() => history({ config, user: 'carol', ...shown }))
  expect(direct.out).toBe('Nothing was said.\n')
  await expect(history({ config, ...shown })).rejects.toThrow('say whose')
})
