import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config, hook, logOf, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { until } from '../e2e/until.ts'
import { typed } from './typed.ts'

/** Says a word, and how often it did since it was set up. */
const PARROT = `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'parrot',
  config: z.strictObject({ word: z.string(), token: z.string().optional() }),
  setup(ctx, { word, token }) {
    if (word === 'none') throw new Error('there is nothing to say with ' + token)
    let count = 0
    ctx.webhook('post', { auth: 'none', dedupe: 'off' }, async ({ bot }) => {
      await bot.group(10000001).text(word + ' ' + ++count)
    })
  },
})
`

const parrot = (word: string, more: object = {}) => ({
  ...{ username: 'porter-bot', plugins: { parrot: { word } } },
  ...more,
})

async function home() {
  const jmessage = await serveJmessage()
  await jmessage.users('alice')
  const group = await jmessage.group('alice')
  const port = await freePort()
  const settings = (more: object = {}) =>
    config({ listen: `127.0.0.1:${port}`, jmessage: { endpoint: jmessage.url, inbound: 'none' }, ...more })
  const here = folder({
    'config.yaml': settings(),
    'bots/porter.yaml': parrot('one'),
    'plugins/parrot.js': PARROT,
  })
  const url = `http://127.0.0.1:${port}`
  return {
    ...{ here, url, settings },
    write: (name: string, content: unknown) => write(join(here, name), content),
    reload: (...args: string[]) => typed(['reload', ...args], { cwd: here }),
    post: async (bot = 'porter') => (await hook(url, `${bot}/parrot/post`, {})).status,
    texts: () => jmessage.texts({ group }),
    ready: async () => (await fetch(`${url}/readyz`)).json() as Promise<Ready>,
  }
}

interface Ready {
  readonly warnings: readonly string[]
  readonly configuration: { readonly hash: string; readonly loadedAt: string }
}

test('reload has the running Beadle take new settings, and says what has changed', async () => {
  const { here, reload, write, post, texts, ready, settings, url } = await home()
  await startBeadle(here)
  await post()
  const before = await ready()
  expect((await reload()).stdout).toMatch(
    /^\S+:\d+: nothing has changed; it runs configuration [0-9a-f]{12}\n$/,
  )
  expect((await ready()).configuration.hash).toBe(before.configuration.hash)
  await post()
  write('bots/porter.yaml', parrot('two'))
  write('bots/second.yaml', parrot('second', { username: 'second-bot' }))
  write('config.yaml', settings({ keep: { age: '2d' }, limits: { attempts: 2 } }))
  const { code, stdout, stderr } = await reload()
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').slice(1)).toEqual([
    '  bot porter changed: plugin parrot: loaded anew',
    '  bot second added: plugin parrot: added',
    '  keep.age takes a restart',
    '',
  ])
  expect([await post(), await post('second')]).toEqual([202, 202])
  await until('all is said', async () => (await texts()).length >= 4)
  expect((await texts()).sort()).toEqual(['one 1', 'one 2', 'second 1', 'two 1'])
  const after = await ready()
  expect(after.configuration.hash).not.toBe(before.configuration.hash)
  expect(after.warnings).toEqual(['config.yaml has changed in what takes a restart: keep.age'])
  expect(await (await fetch(`${url}/metrics`)).text()).toContain(
    `beadle_config_info{hash="${after.configuration.hash}"} 1`,
  )
})

test('what is wrong in any file is told with its line, and nothing is changed', async () => {
  const { here, reload, write, post, texts, ready } = await home()
  const beadle = await startBeadle(here)
  write('bots/porter.yaml', 'username: porter-bot\nplugins:\n  parrot:\n    word: [7]\n')
  write('bots/second.yaml', parrot('second', { username: 'second-bot' }))
  const { code, stdout } = await reload('--json')
  expect(code).toBe(1)
  const { nodes } = JSON.parse(stdout)
  expect(nodes).toMatchObject([{ answered: true, ok: false, changes: [] }])
  expect(nodes[0].problems[0]).toMatch(/bots\/porter\.yaml:4:\d+ {2}plugins\.parrot\.word: /)
  expect((await ready()).warnings[0]).toContain('bots/porter.yaml:4:')
  expect(await post('second')).toBe(404)
  await post()
  await until('it is said', async () => (await texts()).length > 0)
  expect(await texts()).toEqual(['one 1'])
  expect(logOf(beadle).map(({ msg }) => msg)).toContain(
    'the configuration was not reloaded; nothing has changed',
  )
})

test('a plugin that refuses its settings leaves its bot as it was, and secrets stay secret', async () => {
  const { here, reload, write, post, texts } = await home()
  const beadle = await startBeadle(here)
  const plugins = { parrot: { word: 'none', token: 'a-new-secret-of-mine' } }
  write('bots/porter.yaml', { username: 'porter-bot', plugins })
  write('bots/second.yaml', parrot('second', { username: 'second-bot' }))
  const { code, stdout } = await reload()
  expect(code).toBe(1)
  expect(stdout).toContain('  bot second added: plugin parrot: added\n')
  expect(stdout).toContain('  ! bot porter: plugin parrot cannot be set up: there is nothing to say with ')
  expect(`${stdout}${beadle.output}`).not.toContain('a-new-secret-of-mine')
  await post()
  await until('it is said', async () => (await texts()).length > 0)
  expect(await texts()).toEqual(['one 1'])
})

test('SIGHUP reloads, too', async () => {
  const { here, write, post, texts } = await home()
  const beadle = await startBeadle(here)
  write('bots/porter.yaml', parrot('two'))
  beadle.signal('SIGHUP')
  await until('it is reloaded', () => beadle.stderr.includes('the configuration was reloaded'))
  await post()
  await until('it is said', async () => (await texts()).length > 0)
  expect(await texts()).toEqual(['two 1'])
  expect(await beadle.stop()).toMatchObject({ code: 0 })
})

test('SIGHUP during the start reloads once all is up', async () => {
  const port = await freePort()
  const settings = config({
    listen: '127.0.0.1:0',
    jmessage: { endpoint: `http://127.0.0.1:${port}`, inbound: 'none' },
  })
  const here = folder({ 'config.yaml': settings, 'bots/porter.yaml': { username: 'porter-bot' } })
  const beadle = await Program.start(['start'], { cwd: here })
  await until('it waits', () => beadle.stderr.includes('waiting for JMessage to register a bot'))
  write(join(here, 'bots/second.yaml'), { username: 'second-bot' })
  beadle.signal('SIGHUP')
  await serveJmessage(port)
  await until('it is reloaded', () => beadle.stderr.includes('the configuration was reloaded'))
  expect(beadle.stdout).toContain('Ready.')
  expect(beadle.stderr).toContain('"bot":"second","how":"added"')
})

test('reload says when nobody answers', async () => {
  const { here, reload } = await home()
  expect(await (await startBeadle(here)).stop()).toMatchObject({ code: 0 })
  const { code, stdout } = await reload('--wait', '300ms')
  expect([code, stdout]).toEqual([2, 'No Beadle has answered: none works on this database, or it is busy.\n'])
})
