import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/app/config/index.ts'
import { loadBotSpecs } from '../../src/app/plugins.ts'
import { planServices } from '../../src/runtime/plugin/services/plan-services.ts'
import { load, written } from './config/files.ts'

/** Each with tokens of its own. */
const plugin = (name: string, { needs = '', provides = '' }) => `
import { definePlugin, defineService } from 'beadle'
export default definePlugin({
  name: '${name}',
  ${needs && `needs: [defineService<object>('${needs}')],`}
  ${provides && `provides: [defineService<object>('${provides}')],`}
  setup(ctx) { ${provides && `ctx.provide(defineService<object>('${provides}'), {})`} },
})`

const FILES = {
  'plugins/clock.ts': plugin('clock', { provides: 'clockwork' }),
  'plugins/reader.ts': plugin('reader', { needs: 'clockwork' }),
  'plugins/hen.ts': plugin('hen', { provides: 'hen', needs: 'egg' }),
  'plugins/egg.ts': plugin('egg', { provides: 'egg', needs: 'hen' }),
}

/** What is said of bots, the folder left out. */
async function complaints(bots: Readonly<Record<string, string>>): Promise<string[]> {
  const config = await load({ ...FILES, ...bots })
  try {
    await loadBotSpecs(config)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return written(error.problems).map(text => text.replaceAll(`${config.folder}/`, ''))
  }
}

const HEAD = 'username: herald-bot\nplugins:\n'

test('what does not fit together is told with file, line and field, and what to do about it', async () => {
  expect(await complaints({ 'bots/herald.yaml': `${HEAD}  hen:\n  egg:\n` })).toEqual([
    `bots/herald.yaml:3:3  plugins.hen: is in a ring: hen → egg → hen, each needs a service of the next
  hint: None of them can be loaded first: put what they share into a plugin of its own.`,
  ])
  expect(await complaints({ 'bots/herald.yaml': `${HEAD}  reader:\n` })).toEqual([
    `bots/herald.yaml:3:3  plugins.reader: needs the service 'clockwork', which no plugin of this bot provides
  hint: add a plugin to plugins that provides it; none of those in use does`,
  ])
  const other = { 'bots/warden.yaml': 'username: warden-bot\nplugins:\n  clock:\n' }
  expect(await complaints({ 'bots/herald.yaml': `${HEAD}  reader:\n`, ...other })).toEqual([
    `bots/herald.yaml:3:3  plugins.reader: needs the service 'clockwork', which no plugin of this bot provides
  hint: add one that does to plugins: clock (which bot warden has)`,
  ])
  const two = `${HEAD}  clock:\n  tower: { use: clock }\n  reader:\n`
  expect(await complaints({ 'bots/herald.yaml': two })).toEqual([
    `bots/herald.yaml:5:3  plugins.reader: uses the service 'clockwork', which clock and tower provide
  hint: say which it is to be, beside plugins: services: { clockwork: clock }`,
  ])
  expect(await complaints({ 'bots/herald.yaml': `${two}services: { clockwork: tower }\n` })).toEqual([])
  expect(await complaints({ 'bots/herald.yaml': `${two}services: { clockwork: bell }\n` })).toEqual([
    `bots/herald.yaml:6:13  services.clockwork: is to be provided by bell, which does not
  hint: those that do: clock, tower`,
  ])
  const thread = `${HEAD}  clock: { isolation: worker }\n  reader:\n`
  expect(await complaints({ 'bots/herald.yaml': thread })).toEqual([
    `bots/herald.yaml:3:3  plugins.clock: provides the service 'clockwork', and runs in a thread of its own
  hint: services do not reach into threads: take isolation: none for it`,
  ])
})

test('plugins of files are put in order, and their tokens are known by name', async () => {
  const config = await load({ ...FILES, 'bots/herald.yaml': `${HEAD}  reader:\n  clock:\n` })
  const [spec] = await loadBotSpecs(config)
  const { order, sourcesOf } = planServices(spec!)
  expect(order.map(({ name, file }) => [name, file])).toEqual([
    ['clock', join(config.folder, 'plugins/clock.ts')],
    ['reader', join(config.folder, 'plugins/reader.ts')],
  ])
  expect([...sourcesOf('reader')]).toEqual([['clockwork', 'clock']])
})
