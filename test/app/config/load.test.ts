// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of YAML files are under test
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from '../../../src/app/config/index.ts'
import { complaints, folderWith, HERALD, KEYS, load, SHOP } from './files.ts'

describe('config.yaml', () => {
  test('only needs the keys; everything else has a default', async () => {
    const { main, folder, path } = await load({})
    expect(path).toBe(join(folder, 'config.yaml'))
    expect(main).toEqual({
      data: join(folder, 'data'),
      database: join(folder, 'data/beadle.db'),
      listen: { host: '127.0.0.1', port: 7071 },
      ...{ publicUrl: undefined, trustProxies: [] },
      jmessage: {
        appKey: '0123456789abcdefABCDEF01',
        masterSecret: 'abcdefghijklmnopqrstuvwx',
        endpoint: undefined,
        reportEndpoint: undefined,
        inbound: 'callback',
        pollEveryMs: 10_000,
        timeoutMs: 10_000,
        quota: 'off',
      },
      apps: {},
      server: { listen: { host: '127.0.0.1', port: 7070 }, sandbox: false, rateLimit: 'off', town: false },
      bots: join(folder, 'bots'),
      plugins: [join(folder, 'plugins')],
      log: { level: 'info', format: 'auto' },
      limits: {
        webhookBytes: 1_048_576,
        pending: 100_000,
        plugin: {
          handlerMs: 30_000,
          attempts: 6,
          concurrency: 32,
          queue: 50_000,
          failures: 20,
          pauseMs: 30_000,
        },
        send: { attempts: 10, ageMs: 86_400_000 },
      },
      keep: { ageMs: 30 * 86_400_000, events: 1_000_000 },
      drainMs: 0,
      watchdog: { warnAfterMs: 2000, endAfterMs: 60_000 },
      telemetry: { metrics: 'private' },
    })
  })

  test('what it says is taken, with paths from its folder', async () => {
    const { main, folder } = await load({
      'config.yaml': `${KEYS}  endpoint: https://im.example.com/
  inbound: both
  pollEvery: 1m
  timeout: 500ms
data: ../data
database: db/beadle.db
listen: '[::1]:0'
publicUrl: https://bots.example.com/x/
server: { listen: 'localhost:1', sandbox: true, rateLimit: 100, town: true }
bots: ./bots
plugins: [./mine, /usr/share/beadle]
log: { level: debug, format: json }
limits: { webhookBytes: 2048, pending: 5, handler: 1m, pause: 10s, sendAge: 2h }
keep: { age: 7d, events: 5000 }
watchdog: { endAfter: never }
`,
    })
    expect(main).toMatchObject({
      data: join(folder, '../data'),
      database: join(folder, 'db/beadle.db'),
      listen: { host: '::1', port: 0 },
      publicUrl: 'https://bots.example.com/x',
      jmessage: {
        endpoint: 'https://im.example.com',
        reportEndpoint: 'https://im.example.com',
        inbound: 'both',
        pollEveryMs: 60_000,
        timeoutMs: 500,
        quota: 'auto',
      },
      server: { listen: { host: 'localhost', port: 1 }, sandbox: true, rateLimit: 100, town: true },
      plugins: [join(folder, 'mine'), '/usr/share/beadle'],
      log: { level: 'debug', format: 'json' },
      limits: {
        webhookBytes: 2048,
        pending: 5,
        plugin: { handlerMs: 60_000, pauseMs: 10_000, attempts: 6 },
        send: { attempts: 10, ageMs: 7_200_000 },
      },
      keep: { ageMs: 7 * 86_400_000, events: 5000 },
      watchdog: { warnAfterMs: 2000, endAfterMs: 'never' },
    })
  })

  test.each([':memory:', 'postgres://u:p@db/beadle', 'postgresql://db/beadle'])(
    'the database %s is no path',
    async database => {
      const { main } = await load({ 'config.yaml': `${KEYS}database: '${database}'\n` })
      expect(main.database).toBe(database)
    },
  )

  test('the cloud has a report address of its own, and is polled', async () => {
    const { main } = await load({ 'config.yaml': `${KEYS}  endpoint: https://api.im.jpush.cn\n` })
    expect(main.jmessage).toMatchObject({ reportEndpoint: 'https://report.im.jpush.cn', inbound: 'poll' })
  })

  test.each(['${NONE:-}', '"${NONE:-}"', '', "''"])(
    'an endpoint of %j means the embedded server',
    async written => {
      const { main } = await load({ 'config.yaml': `${KEYS}  endpoint: ${written}\ndatabase: ${written}\n` })
      expect(main.jmessage.endpoint).toBeUndefined()
      expect(main.jmessage.inbound).toBe('callback')
      expect(main.database).toMatch(/beadle\.db$/)
    },
  )

  test('keys of digits are texts, quoted or not', async () => {
    const digits = '012345678901234567890123'
    const { main } = await load(
      { 'config.yaml': `jmessage:\n  appKey: ${digits}\n  masterSecret: \${S}\n` },
      { S: '1234567890123456789012e5' },
    )
    expect(main.jmessage).toMatchObject({ appKey: digits, masterSecret: '1234567890123456789012e5' })
  })
})

test('each app has the fields and defaults of jmessage, and a bot is of the one that it names', async () => {
  const more =
    '    endpoint: https://api.im.jpush.cn\n    quota: ${QUOTA}\n  other: { appKey: "${KEY}", masterSecret: "${KEY}" }\n'
  const { main, bots } = await load(
    { 'config.yaml': `${KEYS}${SHOP}${more}`, 'bots/clerk.yaml': 'app: shop\nusername: clerk\n' },
    { QUOTA: '1200', KEY: 'o'.repeat(24) },
  )
  expect(main.apps).toMatchObject({
    shop: {
      ...{ appKey: 'shop56789abcdefABCDEF012', endpoint: 'https://api.im.jpush.cn', quota: 1200 },
      ...{ reportEndpoint: 'https://report.im.jpush.cn', inbound: 'poll', pollEveryMs: 10_000 },
    },
    other: { masterSecret: 'o'.repeat(24), endpoint: undefined, inbound: 'callback', quota: 'off' },
  })
  expect(bots.map(({ id, config: { app } }) => [id, app])).toEqual([
    ['clerk', 'shop'],
    ['herald', undefined],
  ])
})

describe('the environment', () => {
  const env = {
    BEADLE_DATABASE: ':memory:',
    BEADLE_LISTEN: '0.0.0.0:80',
    JMESSAGE_ENDPOINT: 'http://im.example.com',
    JMESSAGE_APP_KEY: 'A'.repeat(24),
    JMESSAGE_MASTER_SECRET: '1'.repeat(24),
  }
  const expected = {
    database: ':memory:',
    listen: { host: '0.0.0.0', port: 80 },
    jmessage: {
      endpoint: 'http://im.example.com',
      appKey: env.JMESSAGE_APP_KEY,
      masterSecret: env.JMESSAGE_MASTER_SECRET,
    },
  }

  test('goes over what the file says, even if that is wrong', async () => {
    const text =
      'database: [1]\nlisten: ${GONE}\njmessage: { appKey: 1, masterSecret: "${GONE}", endpoint: x }\n'
    expect((await load({ 'config.yaml': text }, env)).main).toMatchObject(expected)
  })

  test('is enough for an empty file', async () => {
    expect((await load({ 'config.yaml': '' }, env)).main).toMatchObject(expected)
  })

  test('counts for nothing where it is empty', async () => {
    const none = Object.fromEntries(Object.keys(env).map(name => [name, '']))
    expect((await load({}, none)).main.listen.port).toBe(7071)
  })

  test('is named in problems, and keys are not shown', async () => {
    const wrong = { BEADLE_LISTEN: 'nowhere', JMESSAGE_APP_KEY: 'short', JMESSAGE_MASTER_SECRET: 'hush' }
    expect(await complaints({}, wrong)).toEqual([
      'environment  BEADLE_LISTEN: must be HOST:PORT, such as 127.0.0.1:7071, with a port from 0 to 65535 (got "nowhere")',
      'environment  JMESSAGE_APP_KEY: must be 24 letters or digits',
      'environment  JMESSAGE_MASTER_SECRET: must be 24 letters or digits',
    ])
  })
})

describe('bots', () => {
  test('have the name of their file as id, and defaults', async () => {
    const { bots } = await load({
      'bots/a-1.yaml': 'username: first-bot\nnickname: 007\n',
      'bots/README.md': 'x',
    })
    expect(bots.map(({ id }) => id)).toEqual(['a-1', 'herald'])
    expect(bots[0]?.config).toEqual({
      username: 'first-bot',
      nickname: '007',
      adopt: false,
      enabled: true,
      mode: 'live',
      isolation: 'none',
      listen: { groups: 'all', rooms: 'all', direct: true },
      prefix: '/',
      timezone: 'UTC',
      language: 'en',
      help: true,
      roles: {},
      plugins: {},
    })
  })

  test('say whom they hear and obey, and what they do', async () => {
    const { bots } = await load({
      'bots/herald.yaml': `username: herald-bot
listen: { groups: [10000001, '10000002'], rooms: none, direct: false }
prefix: '!!'
timezone: Asia/Shanghai
roles: { owner: [alice], moderator: [alice, carol] }
plugins:
  announce: { text: Hi, use: greeter }
  quiz:
    enabled: false
  plain:
`,
    })
    expect(bots[0]?.config).toMatchObject({
      listen: { groups: [10000001, 10000002], rooms: 'none', direct: false },
      prefix: '!!',
      timezone: 'Asia/Shanghai',
      roles: { owner: ['alice'], moderator: ['alice', 'carol'] },
    })
    expect(bots[0]?.pluginSettings).toEqual([
      {
        instance: 'announce',
        use: 'greeter',
        enabled: true,
        isolation: 'none',
        limits: {},
        settings: { text: 'Hi' },
        at: ['plugins', 'announce'],
      },
      {
        instance: 'quiz',
        use: 'quiz',
        enabled: false,
        isolation: 'none',
        limits: {},
        settings: {},
        at: ['plugins', 'quiz'],
      },
      {
        instance: 'plain',
        use: 'plain',
        enabled: true,
        isolation: 'none',
        ...{ limits: {}, settings: {}, at: ['plugins', 'plain'] },
      },
    ])
  })
})

test('a missing file comes with the way to name another', async () => {
  const folder = folderWith({})
  const failure = await loadConfig(join(folder, 'config.yaml'), { env: {} }).catch(thrown => thrown)
  expect(failure).toBeInstanceOf(ConfigError)
  expect(failure.code).toBe('config.invalid')
  expect(failure.message).toBe(
    `the configuration has a problem\n${folder}/config.yaml  does not exist\n  hint: beadle start --config FILE`,
  )
})

test.skipIf(process.getuid?.() === 0)('a file that may not be read is told', async () => {
  const folder = folderWith({})
  writeFileSync(join(folder, 'config.yaml'), KEYS)
  chmodSync(join(folder, 'config.yaml'), 0)
  await expect(loadConfig(join(folder, 'config.yaml'), { env: {} })).rejects.toThrow('permission denied')
})

test('all problems of all files come at once, by file and line', async () => {
  const said = await complaints({
    'config.yaml': `lisen: x\n${KEYS}log: { level: loud }\n`,
    'bots/b.yaml': 'username: x\nprefix: 12345\n',
    'bots/a.yaml': 'username: "',
    'bots/herald.yaml': HERALD,
  })
  expect(said.map(text => text.split('  ')[0])).toEqual([
    'bots/a.yaml:1:12',
    'bots/b.yaml:1:11',
    'bots/b.yaml:2:9',
    'config.yaml:1:1',
    'config.yaml:5:15',
  ])
})
