import { expect, test } from 'vitest'
import { config, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
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

test('send works beside a Beadle that runs', async () => {
  const { jmessage, here, send } = await home(porter, [])
  const beadle = await startBeadle(here)
  expect((await send('Beside you.', '--user', 'alice')).code).toBe(0)
  expect(await jmessage.texts({ user: 'alice' })).toEqual(['Beside you.'])
  expect(beadle.isRunning).toBe(true)
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
