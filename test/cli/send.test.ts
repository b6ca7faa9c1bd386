import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { config, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { png, wav } from '../e2e/samples.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { typed } from './typed.ts'

const porter = { 'bots/porter.yaml': { username: 'porter-bot' } }

/**
 * A folder with a configuration, and the IM server that it names, in which its bots have the accounts that a Beadle
 * would have made.
 */
async function home(
  bots: Readonly<Record<string, unknown>> = porter,
  accounts: readonly string[] = ['porter-bot'],
) {
  const jmessage = await serveJmessage()
  const settings = config({ listen: '127.0.0.1:0', jmessage: { endpoint: jmessage.url, inbound: 'none' } })
  const here = folder({ 'config.yaml': settings, ...bots })
  await jmessage.users('alice', 'bobby')
  for (const username of accounts)
    await jmessage.must('POST', '/v1/admins/', { username, password: 'secret' })
  return { jmessage, here, send: (...args: string[]) => typed(['send', ...args], { cwd: here }) }
}

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

const SENT = ': \\d+ at \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\n'

test('send sends a text to users, groups and rooms, and prints a line for each', async () => {
  const { jmessage, send } = await home()
  const group = await jmessage.group('alice', 'bobby')
  const room = await jmessage.room('alice', 'bobby')
  const to = ['--user', 'alice', '--user', 'bobby', '--group', `${group}`, '--room', `${room}`]
  const { code, stdout, stderr } = await send('Good evening! 🌙', ...to)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    new RegExp(`^single alice${SENT}single bobby${SENT}group ${group}${SENT}chatroom ${room}${SENT}$`),
  )
  const text = { from_id: 'porter-bot', msg_type: 'text', msg_body: { text: 'Good evening! 🌙' } }
  for (const place of [{ user: 'alice' }, { user: 'bobby' }, { group }, { room }])
    expect(await jmessage.history(place)).toMatchObject([text])
})

test('send works beside a Beadle that runs, which takes back what it sent', async () => {
  const { jmessage, here, send } = await home(porter, [])
  const beadle = await startBeadle(here)
  const { code, stdout } = await send('Beside you.', '--user', 'alice', '--user', 'bobby', '--json')
  expect(code).toBe(0)
  expect(await jmessage.texts({ user: 'alice' })).toEqual(['Beside you.'])
  const [first, second] = lines(stdout)
  expect([first, second]).toMatchObject([{ target: 'single alice' }, { target: 'single bobby' }])
  const taken = await typed(['retract', String(first.msgId)], { cwd: here })
  expect(taken).toMatchObject({ code: 0, stdout: `message ${first.msgId} was taken back\n` })
  expect(await jmessage.texts({ user: 'alice' })).toEqual([])
  expect(await jmessage.texts({ user: 'bobby' })).toEqual(['Beside you.'])
  expect(beadle.isRunning).toBe(true)
})

test('send sends pictures, clips, files, cards and objects, each uploaded once', async () => {
  const { jmessage, here, send } = await home()
  for (const [name, bytes] of [
    ['a.png', png(2, 2, 99)],
    ['a.wav', wav(1, 440)],
    ['a.pdf', Buffer.from('%PDF')],
    ['a.json', Buffer.from('{"poll": 7}')],
  ] as const)
    write(join(here, name), bytes)
  const to = ['--user', 'alice', '--user', 'bobby']
  const sent = async (...what: string[]) => {
    const { code, stderr } = await send(...what, ...to)
    expect([code, stderr]).toEqual([0, ''])
    const [one, other] = [
      await jmessage.history({ user: 'alice' }),
      await jmessage.history({ user: 'bobby' }),
    ]
    expect(other.at(-1)!.msg_body).toEqual(one.at(-1)!.msg_body)
    return one.at(-1)!
  }
  expect(await sent('--image', 'a.png')).toMatchObject({
    msg_type: 'image',
    msg_body: { format: 'png', media_id: expect.any(String) },
  })
  expect(await sent('--voice', 'a.wav')).toMatchObject({ msg_type: 'voice', msg_body: { duration: 1 } })
  expect(await sent('--voice', 'a.wav', '--duration', '7')).toMatchObject({ msg_body: { duration: 7 } })
  expect(await sent('--file', 'a.pdf')).toMatchObject({ msg_type: 'file', msg_body: { fname: 'a.pdf' } })
  expect(await sent('--custom', '@a.json')).toMatchObject({ msg_type: 'custom', msg_body: { poll: 7 } })
  expect(await sent('--custom', '{"poll": 8}', '--mention', 'alice')).toMatchObject({
    msg_body: { poll: 8, mention: ['alice'] },
  })
  expect(await sent('--card', '{"title": "Vote", "text": "for all"}')).toMatchObject({
    msg_body: { kind: 'card', title: 'Vote' },
  })
})

test('send sends a text as its options say: mentions, parts, templates, notifications, from standard input', async () => {
  const { jmessage, send } = await home()
  const group = await jmessage.group('alice', 'bobby')
  const sent = async (...what: string[]) => {
    const { code, stdout, stderr } = await send(...what, '--group', `${group}`, '--json')
    expect([code, stderr]).toEqual([0, ''])
    const ids = lines(stdout).map(({ msgId }) => msgId)
    return (await jmessage.history({ group })).filter(({ msgid }) => ids.includes(msgid))
  }
  expect(await sent('Look!', '--mention', 'alice', '--mention', 'bobby')).toMatchObject([
    { msg_body: { text: '@alice @bobby Look!', extras: { mention: ['alice', 'bobby'] } } },
  ])
  expect(await sent('Look!', '--mention-all', '--from-name', 'The porter')).toMatchObject([
    { msg_body: { text: '@all Look!', extras: { mention: 'all' } }, from_name: 'The porter' },
  ])
  const values = '{"service": "api"}'
  expect(await sent('{{ service }} is live', '--values', values)).toMatchObject([
    { msg_body: { text: 'api is live' } },
  ])
  const parts = await sent('A sentence of the long text. '.repeat(200))
  expect(parts.length).toBe(2)
  const stdin = vi.spyOn(process, 'stdin', 'get')
  stdin.mockReturnValueOnce(Readable.from(['from a ', 'pipe\n']) as never)
  expect(await sent('-')).toMatchObject([{ msg_body: { text: 'from a pipe' } }])
  stdin.mockReturnValueOnce(Readable.from(['x'.repeat(2 ** 20), 'y']) as never)
  const tooMuch = await typed(['send', '--group', '1', '-'], { cwd: folder() })
  expect(tooMuch).toMatchObject({ code: 1, stderr: expect.stringContaining('more than 1 MiB') })
  stdin.mockRestore()
})

test('send says how it is to be notified of, and for whom it is kept', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, answer) => {
    request.on('data', chunk => bodies.push(JSON.parse(String(chunk))))
    request.on('end', () => answer.writeHead(201).end('{"msg_id": 1, "msg_ctime": 1}'))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const here = folder({
    'config.yaml': config({ listen: '127.0.0.1:0', jmessage: { endpoint, inbound: 'none' } }),
    ...porter,
  })
  const send = (...args: string[]) => typed(['send', 'Hello', '--user', 'alice', ...args], { cwd: here })
  await send()
  await send('--notification-title', 'The porter', '--notification-text', 'says hello')
  await send('--no-notification', '--no-offline')
  const [plain, ...others] = bodies
  expect(plain).toEqual({
    ...{ version: 1, target_type: 'single', target_id: 'alice', from_type: 'admin', from_id: 'porter-bot' },
    ...{ msg_type: 'text', msg_body: { text: 'Hello' } },
  })
  expect(others).toEqual([
    { ...(plain as object), notification: { title: 'The porter', alert: 'says hello' } },
    { ...(plain as object), no_notification: true, no_offline: true },
  ])
})

test.each([
  [[], 'say what: a text, --image, --voice, --file, --custom or --card, one of them'],
  [['Hello', '--image', 'a.png'], 'say what: a text'],
  [['--image', 'a.png', '--values', '{}'], '--values goes with a text'],
  [['--image', 'a.png', '--duration', '3'], '--duration goes with --voice'],
  [['--voice', 'a.mp3', '--duration', 'long'], '--duration long: must be a number of seconds'],
  [['--custom', '[1]'], '--custom: must be a JSON object, or @FILE with one in it'],
  [['--custom', '@a.json'], '--custom a.json: cannot be read (ENOENT)'],
  [['--card', '{"text": "no title"}'], 'the card cannot be sent: title'],
  [['--image', 'a.png'], "There is no such file: the file 'a.png'"],
  [['Hello', '--values', '{service: api}'], '--values: must be a JSON object'],
  [['{{ service }}', '--values', '{}'], 'service'],
  [['Hello', '--mention', 'alice', '--mention-all'], '--mention and --mention-all: only one of them'],
  [['Hello', '--mention', ''], 'the message cannot be sent: mention[0] must be a username'],
  [['Hello', '--no-notification', '--notification-text', 'x'], '--no-notification: a notification'],
  [[''], 'the message cannot be sent: '],
])('send refuses %j, and sends nothing', async (args, message) => {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      jmessage: { endpoint: 'http://127.0.0.1:9', inbound: 'none' },
    }),
    ...porter,
  })
  const { code, stdout, stderr } = await typed(['send', ...args, '--user', 'alice'], { cwd: here })
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)])
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('send names a target that is not there, and sends to those before it', async () => {
  const { jmessage, send } = await home()
  const { code, stdout, stderr } = await send('Hello?', '-u', 'alice', '-u', 'nobody')
  expect(stdout).toMatch(new RegExp(`^single alice${SENT}$`))
  expect(stderr).toMatch(/^beadle: messages\.send: .*899002/)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
  const group = await send('Hello?', '--group', '10009999')
  expect(group.stderr).toMatch(/^beadle: messages\.send: .*899006/)
  expect(group).toMatchObject({ code: 1, stdout: '' })
  expect(await jmessage.texts({ user: 'alice' })).toEqual(['Hello?'])
})

test('send asks for a bot when there are two', async () => {
  const { jmessage, send } = await home({ ...porter, 'bots/usher.yaml': { username: 'usher-bot' } }, [
    'porter-bot',
    'usher-bot',
  ])
  const unsaid = await send('Who am I?', '--user', 'alice')
  expect(unsaid).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--bot: say which one: porter, usher'),
  })
  const unknown = await send('Who am I?', '--user', 'alice', '--bot', 'ghost')
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--bot ghost: there are porter, usher'),
  })
  expect((await send('I am usher.', '--user', 'alice', '--bot', 'usher')).code).toBe(0)
  expect(await jmessage.history({ user: 'alice' })).toMatchObject([{ from_id: 'usher-bot' }])
})

test('send without a target, and without JMessage, says what is missing', async () => {
  const { here, send } = await home()
  const nobody = await send('Hello?')
  expect(nobody).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('say to whom: --user, --group or --room'),
  })
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const away = await typed(['send', 'Hello?', '--user', 'alice'], {
    cwd: here,
    env: { JMESSAGE_ENDPOINT: endpoint },
  })
  expect(away.stderr).toContain(`${endpoint} does not answer (ECONNREFUSED)`)
  expect(away.stderr).not.toMatch(/^\s+at /m)
  expect(away).toMatchObject({ code: 1, stdout: '' })
})
