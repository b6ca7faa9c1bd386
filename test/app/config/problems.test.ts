// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of YAML files are under test
import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/app/config/index.ts'
import { complaints, HERALD, KEYS, SHOP } from './files.ts'

const PORTS = 'must be HOST:PORT, such as 127.0.0.1:7071, with a port from 0 to 65535'
const SIZE = 'must be an integer from 1024 to 67108864'
const USERNAME = 'must be 4 to 128 characters: first a letter or digit, then letters, digits, _ . - @'
const NAME = 'must be 1 to 40 characters of a-z, 0-9 and -'
const ADDRESS = 'must be an address that starts with http:// or https://, without ? and #'

test.each<[text: string, ...problems: string[]]>([
  [
    'data: x\n',
    'config.yaml:1:1  jmessage.appKey: is required\n  hint: must be 24 letters or digits; or set the environment variable JMESSAGE_APP_KEY',
    'config.yaml:1:1  jmessage.masterSecret: is required\n  hint: must be 24 letters or digits; or set the environment variable JMESSAGE_MASTER_SECRET',
  ],
  [
    'data: x\njmessage:\n  appKey: short\n',
    'config.yaml:2:1  jmessage.masterSecret: is required\n  hint: must be 24 letters or digits; or set the environment variable JMESSAGE_MASTER_SECRET',
    'config.yaml:3:11  jmessage.appKey: must be 24 letters or digits',
  ],
  ['jmessage: x\n', 'config.yaml:1:11  jmessage: must be a map of keys and values (got "x")'],
  ['- a\n', 'config.yaml:1:1  must be a map of keys and values (got a list)'],
  [`${KEYS}listen: localhost\n`, `config.yaml:4:9  listen: ${PORTS} (got "localhost")`],
  [`${KEYS}listen: 127.0.0.1:65536\n`, `config.yaml:4:9  listen: ${PORTS} (got "127.0.0.1:65536")`],
  [`${KEYS}listen: 7071\n`, `config.yaml:4:9  listen: ${PORTS} (got "7071")`],
  [
    `${KEYS}server:\n  listen: 127.0.0.1:7071\n`,
    'config.yaml:5:11  server.listen: is the address of listen too (got 127.0.0.1:7071)\n  hint: the embedded server needs a port of its own',
  ],
  [
    `${KEYS}  inbound: pol\n`,
    'config.yaml:4:12  jmessage.inbound: must be "callback", "poll", "both" or "none" (got "pol")\n  hint: did you mean "poll"?',
  ],
  [
    `${KEYS}  pollEvery: 10\n`,
    'config.yaml:4:14  jmessage.pollEvery: must be a length of time such as 10s, from 10ms to 1d (got "10")',
  ],
  [
    `${KEYS}  endpoint: im.example.com\n`,
    `config.yaml:4:13  jmessage.endpoint: ${ADDRESS} (got "im.example.com")`,
  ],
  [`${KEYS}publicUrl: ftp://u:hush@x\n`, `config.yaml:4:12  publicUrl: ${ADDRESS} (got "ftp://…@x")`],
  [`${KEYS}lisen: x\n`, 'config.yaml:4:1  lisen: is not a known key\n  hint: did you mean "listen"?'],
  [
    `${KEYS}log: { colour: red }\n`,
    'config.yaml:4:8  log.colour: is not a known key\n  hint: known here: level, format',
  ],
  [`${KEYS}limits: { webhookBytes: 1 }\n`, `config.yaml:4:25  limits.webhookBytes: ${SIZE} (got 1)`],
  [
    `${KEYS}limits: { webhookBytes: 2e3.5 }\n`,
    `config.yaml:4:25  limits.webhookBytes: ${SIZE} (got "2e3.5")`,
  ],
  [
    `${KEYS}server: { sandbox: "yes", town: "true" }\n`,
    'config.yaml:4:20  server.sandbox: must be true or false (got "yes")',
    'config.yaml:4:33  server.town: must be true or false (got "true")\n  hint: write it without quotes',
  ],
  [`${KEYS}plugins: ./plugins\n`, 'config.yaml:4:10  plugins: must be a list (got "./plugins")'],
  [
    `${KEYS}bots: ./nowhere\n`,
    'config.yaml:4:7  bots: the folder ./nowhere does not exist\n  hint: put a file for each bot into it, such as nowhere/herald.yaml',
  ],
  [
    `${KEYS}bots: ./config.yaml\n`,
    'config.yaml:4:7  bots: the folder ./config.yaml is no folder\n  hint: put a file for each bot into it, such as config.yaml/herald.yaml',
  ],
  [
    `${KEYS}  masterSecret: abcdefghijklmnopqrstuvwx\n`,
    'config.yaml:4:3  jmessage.masterSecret: is given on line 3 already\n  hint: keep one of them',
  ],
])('config.yaml %j is refused', async (text, ...problems) => {
  expect(await complaints({ 'config.yaml': text })).toEqual(problems)
})

test.each<[text: string, ...problems: string[]]>([
  ['', `bots/herald.yaml:1:1  username: is required\n  hint: must be a string`],
  ['username: bot\n', `bots/herald.yaml:1:11  username: ${USERNAME} (got "bot")`],
  [
    `${HERALD}listen: { groups: [10000001, x] }\n`,
    'bots/herald.yaml:2:30  listen.groups[1]: must be a positive integer (got "x")',
  ],
  [
    `${HERALD}listen: { rooms: some }\n`,
    'bots/herald.yaml:2:18  listen.rooms: must be "all", "none" or a list (got "some")',
  ],
  [
    `${HERALD}listen: { rooms: non }\n`,
    'bots/herald.yaml:2:18  listen.rooms: must be "all", "none" or a list (got "non")\n  hint: did you mean "none"?',
  ],
  [
    `${HERALD}prefix: "! "\n`,
    'bots/herald.yaml:2:9  prefix: must be 1 to 3 characters, none of them a space (got "! ")',
  ],
  [
    `${HERALD}timezone: Asia/Shangai\n`,
    'bots/herald.yaml:2:11  timezone: must be an IANA time zone (got "Asia/Shangai")\n  hint: did you mean "Asia/Shanghai"?',
  ],
  [
    `${HERALD}timezone: +08:00\n`,
    'bots/herald.yaml:2:11  timezone: must be an IANA time zone (got "+08:00")\n  hint: such as Asia/Shanghai or UTC',
  ],
  [
    `${HERALD}roles: { owner: alice }\n`,
    'bots/herald.yaml:2:17  roles.owner: must be a list of usernames (got "alice")',
  ],
  [`${HERALD}plugins:\n  Quiz: {}\n`, `bots/herald.yaml:3:3  plugins.Quiz: the name ${NAME}`],
  [
    `${HERALD}plugins:\n  quiz: 5\n`,
    'bots/herald.yaml:3:9  plugins.quiz: must be a map of settings, or nothing (got 5)',
  ],
  [
    `${HERALD}plugins:\n  quiz: { use: A/B, enabled: 1 }\n`,
    `bots/herald.yaml:3:16  plugins.quiz.use: ${NAME}, or a package called beadle-plugin-… or @scope/… (got "A/B")`,
    'bots/herald.yaml:3:30  plugins.quiz.enabled: must be true or false (got 1)',
  ],
  [
    `${HERALD}plugins:\n  quiz: {}\n  greeter: {}\n  quiz: {}\n`,
    'bots/herald.yaml:5:3  plugins.quiz: is given on line 3 already\n  hint: keep one of them',
  ],
  [
    `${HERALD}plugins: { quiz: { commands: { mute: { enable: false, role: [a b], cooldown: 10 } } } }\n`,
    'bots/herald.yaml:2:40  plugins.quiz.commands.mute.enable: is not a known key\n  hint: did you mean "enabled"?',
    'bots/herald.yaml:2:62  plugins.quiz.commands.mute.role[0]: must be 1 to 40 characters of a-z, A-Z, 0-9, _ and - (got "a b")',
    'bots/herald.yaml:2:78  plugins.quiz.commands.mute.cooldown: must be a length of time such as 10s, from 1s to 30d (got "10")',
  ],
  [
    `${HERALD}plugins: [quiz]\n`,
    'bots/herald.yaml:2:10  plugins: must be a map of instance names and settings (got a list)',
  ],
])('a bot that says %j is refused', async (text, ...problems) => {
  expect(await complaints({ 'bots/herald.yaml': text })).toEqual(problems)
})

test('two bots of one username are told with both places', async () => {
  expect(await complaints({ 'bots/other.yaml': '# mine\nusername: herald-bot\n' })).toEqual([
    'bots/other.yaml:2:11  username: is the username of bots/herald.yaml:1 already (got "herald-bot")\n  hint: every bot of an app needs a username of its own',
  ])
})

test("two bots of one username are none of each other's business in different apps", async () => {
  const config = `${KEYS}${SHOP}`
  const other = 'app: shop\nusername: herald-bot\n'
  expect(await complaints({ 'config.yaml': config, 'bots/other.yaml': other })).toEqual([])
  const third = { 'config.yaml': config, 'bots/other.yaml': other, 'bots/third.yaml': other }
  expect(await complaints(third)).toEqual([expect.stringContaining('bots/third.yaml:2:11  username: is the')])
})

test('an app that is not there, a name that is taken and an appKey that is used twice are told with their places', async () => {
  expect(
    await complaints({ 'config.yaml': `${KEYS}${SHOP}`, 'bots/herald.yaml': `app: shopp\n${HERALD}` }),
  ).toEqual([
    'bots/herald.yaml:1:6  app: is none of the apps in config.yaml (got "shopp")\n  hint: did you mean "shop"?',
  ])
  expect(await complaints({ 'config.yaml': `${KEYS}${SHOP.replace('shop:', 'main:')}` })).toEqual([
    'config.yaml:5:3  apps.main: the name must not be main: that is the app of jmessage',
  ])
  const twice = `${KEYS}${SHOP}${SHOP.replace('apps:\n', '').replace('shop:', 'bar:')}`
  expect(await complaints({ 'config.yaml': twice })).toEqual([
    'config.yaml:9:13  apps.bar.appKey: is the same as apps.shop.appKey\n  hint: bots that share an app name the same one by app',
  ])
  expect(await complaints({ 'config.yaml': `${KEYS}apps: { shop: { appKey: short } }\n` })).toEqual([
    expect.stringContaining('apps.shop.masterSecret: is required'),
    expect.stringContaining('apps.shop.appKey: must be 24 letters or digits'),
  ])
})

test('a file whose name is no id is told', async () => {
  expect(
    await complaints({ 'bots/My Bot.yaml': HERALD, 'bots/a.yml': HERALD, 'bots/.hidden.yaml': 'x' }),
  ).toEqual([
    'bots/My Bot.yaml  has a name that cannot be the id of a bot\n  hint: use 1 to 40 characters of a-z, 0-9 and -, then .yaml',
    'bots/a.yml  is not read\n  hint: name it a.yaml',
  ])
})

test('a folder without bots is told', async () => {
  expect(await complaints({ 'config.yaml': `${KEYS}bots: ./none\n`, 'none/README.md': '' })).toEqual([
    'config.yaml:4:7  bots: the folder ./none has no .yaml file in it\n  hint: put a file for each bot into it, such as none/herald.yaml',
  ])
})

test('a missing variable is one problem, not two', async () => {
  expect(await complaints({ 'config.yaml': `${KEYS}listen: \${GONE}\n` })).toEqual([
    'config.yaml:4:9  listen: needs the environment variable GONE, which is not set\n  hint: set GONE, or write a default: ${GONE:-…}',
  ])
})

test('what is wrong often is listed once a place, however often that is', async () => {
  const line = '  - ${GONE} ${GONE}\n'
  const said = await complaints({ 'bots/herald.yaml': `${HERALD}plugins:\n${line.repeat(40_000)}` })
  expect(said.length).toBe(40_001)
})

test('an error counts what it does not list', () => {
  const problem = { file: 'a', line: 1, column: 1, field: 'b', message: 'is wrong' }
  const { message, problems } = new ConfigError(Array.from({ length: 60 }, () => problem))
  expect(problems).toHaveLength(60)
  expect(message.split('\n')).toHaveLength(52)
  expect(message).toMatch(/^the configuration has 60 problems\n.*… and 10 more$/s)
})
