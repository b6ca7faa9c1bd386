import { describe, expect, test } from 'vitest'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { typed } from './typed.ts'

const GOOD = config({ listen: '127.0.0.1:0', server: { listen: '127.0.0.1:0' } })

const HERALD = `username: herald-bot
plugins:
  announce:
    hooks:
      deploy:
        auth: { type: bearer, token: a-token-of-the-test }
        to: { groups: [10000001] }
        template: '{{ service }} is live'
`

/** A configuration that is right, but for the files that are given. */
const home = (files: Readonly<Record<string, unknown>> = {}): string =>
  folder({ 'config.yaml': GOOD, 'bots/herald.yaml': HERALD, ...files })

describe('check', () => {
  test('tells of a configuration that is right', async () => {
    const { code, stdout, stderr } = await typed(['check'], { cwd: home() })
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'config.yaml is right.\n  herald as herald-bot: announce\n',
      stderr: '',
    })
  })

  test('notes what other languages of a plugin lack, and lets it run', async () => {
    const plugin = `import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'greeter', texts: { en: { hello: 'Hello, {name}!', bye: 'Bye.' }, zh: { hello: '你好！' } }, setup() {},
})`
    const bot = 'username: greeter-bot\nplugins: { greeter: {} }\n'
    const { code, stdout } = await run(['check'], {
      cwd: home({ 'bots/herald.yaml': bot, 'plugins/greeter.ts': plugin }),
    })
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `config.yaml is right.
  herald as greeter-bot: greeter
  note: plugin greeter: 'hello' in zh leaves out {name}
  note: plugin greeter: zh has no text 'bye'
`,
    })
  })

  test('takes the path of the configuration', async () => {
    const here = home()
    const { code, stdout } = await typed(['check', '--config', `${here}/config.yaml`], { cwd: folder() })
    expect([code, stdout]).toEqual([0, expect.stringContaining('herald as herald-bot')])
  })

  test('finds the shipped configuration right', async () => {
    const { code, stdout } = await typed(['check'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('warden as warden-bot')])
  })
})

/** What a person can do wrong, and what has to be told of it. */
const mistakes: readonly {
  readonly what: string
  readonly files: Readonly<Record<string, unknown>>
  readonly told: readonly (string | RegExp)[]
}[] = [
  {
    what: 'bad YAML',
    files: { 'config.yaml': 'data: ./data\nlisten: "127.0.0.1:7071\nlog: {}\n' },
    told: [/config\.yaml:\d+:\d+ {2}/, 'quote'],
  },
  {
    what: 'a plugin that is not there',
    files: { 'bots/herald.yaml': HERALD.replace('announce:', 'anounce:') },
    told: [
      "bots/herald.yaml:3:3  plugins.anounce: there is no plugin 'anounce'",
      'hint: Looked for anounce/index.ts',
    ],
  },
  {
    what: 'a wrong setting of a plugin',
    files: { 'bots/herald.yaml': HERALD.replace('[10000001]', '[square]') },
    told: ['bots/herald.yaml:7:24  plugins.announce.hooks.deploy.to.groups[0]: must be'],
  },
  {
    what: 'a missing setting of a plugin',
    files: { 'bots/herald.yaml': HERALD.replace(/ +template.*\n/, '') },
    told: [/bots\/herald\.yaml:\d+:\d+ {2}plugins\.announce\.hooks\.deploy\.template: is required/],
  },
  {
    what: 'an unknown key',
    files: { 'bots/herald.yaml': `${HERALD}timezoone: UTC\n` },
    told: ['bots/herald.yaml:9:1  timezoone: is not a known key', 'hint: did you mean "timezone"?'],
  },
  {
    what: 'an unknown key in the settings of a plugin',
    files: { 'bots/herald.yaml': HERALD.replace('auth:', 'optionel: []\n        auth:') },
    told: [
      'bots/herald.yaml:6:9  plugins.announce.hooks.deploy.optionel: is not a known key',
      'hint: did you mean "optional"?',
    ],
  },
  {
    what: 'a wrong value in config.yaml',
    files: { 'config.yaml': 'jmessage:\n  appKey: short\n  masterSecret: beadle00e2e0secret000001\n' },
    told: ['config.yaml:2:11  jmessage.appKey: must be 24 letters or digits\n'],
  },
  {
    what: 'a secret that is wrong, without showing it',
    files: { 'config.yaml': 'jmessage: { appKey: beadle00e2e0app000000001, masterSecret: my-own-secret }\n' },
    told: [/config\.yaml:1:\d+ {2}jmessage\.masterSecret: must be 24 letters or digits\n/],
  },
  {
    what: 'a plugin file with an error in it',
    files: { 'plugins/broken.ts': 'export default {', 'bots/broken.yaml': bot('broken') },
    told: ["bots/broken.yaml:2:12  plugins.broken: plugin 'broken' cannot be loaded from"],
  },
  {
    what: 'a file that exports no plugin',
    files: { 'plugins/empty.ts': 'export const nothing = 1\n', 'bots/empty.yaml': bot('empty') },
    told: [
      /bots\/empty\.yaml:2:12 {2}plugins\.empty: .*empty\.ts does not export a plugin/,
      'export default definePlugin',
    ],
  },
  {
    what: 'a folder without bots',
    files: { 'config.yaml': { ...GOOD, bots: './none' } },
    told: [
      /config\.yaml:\d+:\d+ {2}bots: the folder \.\/none does not exist/,
      'hint: put a file for each bot into it',
    ],
  },
]

function bot(plugin: string): string {
  return `username: other-bot\nplugins: { ${plugin}: {} }\n`
}

/** What a command says of a configuration that is not right. */
async function refusalBy(command: 'check' | 'start', cwd: string, args: readonly string[]): Promise<string> {
  // `start` stays a process of its own, as it listens to its signals.
  const here = command === 'check' ? typed : run
  const { code, stdout, stderr } = await here([command, ...args], { cwd })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).not.toMatch(/^\s+at /m)
  return stderr
}

describe('check', () => {
  test.each(mistakes)('tells of $what, where it is, and ends', async ({ files, told }) => {
    const said = await refusalBy('check', home(files), [])
    for (const words of told) expect(said).toMatch(words)
    expect(said).toMatch(/\n\n1 problem found\.\n$/)
    expect(said).not.toContain('my-own-secret')
  })
})

describe('check and start', () => {
  /** What both say of a configuration: the same. */
  const refusalOf = async (cwd: string, args: readonly string[] = []): Promise<string> => {
    const [checked, started] = await Promise.all([
      refusalBy('check', cwd, args),
      refusalBy('start', cwd, args),
    ])
    expect(started).toBe(checked)
    return started
  }

  test('tell of all problems at once', async () => {
    const here = home({
      'config.yaml': { ...GOOD, lissten: '127.0.0.1:1' },
      'bots/herald.yaml': HERALD.replace('herald-bot', '"-"'),
      'bots/second.yaml': 'usename: second-bot\n',
    })
    const said = await refusalOf(here)
    expect(said).toMatch(/config\.yaml:\d+:3 {2}lissten: is not a known key/)
    expect(said).toContain('bots/herald.yaml:1:11  username: ')
    expect(said).toContain('bots/second.yaml:1:1  usename: is not a known key')
    expect(said).toContain('username: is required')
    expect(said).toContain('4 problems found.')
  })

  test('tell of a configuration that is not there', async () => {
    const said = await refusalOf(folder(), ['--config', 'nowhere.yaml'])
    expect(said).toMatch(/^nowhere\.yaml {2}.+\n {2}hint: .+--config/)
  })
})
