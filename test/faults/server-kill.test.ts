import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { randomOf } from '../../src/base/random.ts'
import { APP, JMessage } from '../e2e/jmessage.ts'
import { Program } from '../e2e/program.ts'

/** SEED=… and KILLS=… in the environment repeat a run, and make it longer. */
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const kills = Number(process.env.KILLS ?? 8)
const WRITERS = 12

/** What the server has acknowledged. */
interface Acknowledged {
  readonly messages: Map<number, string>
  readonly users: Set<string>
  readonly groups: Map<number, string>
}

/** One of those who write until they are told to stop, whether or not anybody takes it. */
async function write(jmessage: JMessage, writer: number, acked: Acknowledged, stop: AbortSignal) {
  for (let n = 0; !stop.aborted; n++) {
    const name = `w${writer}_user_${n}`
    try {
      if (n % 4 === 0) {
        await jmessage.must('POST', '/v1/users', [{ username: name, password: 'secret' }])
        acked.users.add(name)
      } else if (n % 4 === 1) {
        acked.groups.set(await jmessage.group('alice'), name)
      } else {
        const text = `${writer} ${n}`
        const message = {
          version: 1,
          target_type: 'single',
          target_id: 'alice',
          from_type: 'admin',
          from_id: 'admin1',
          msg_type: 'text',
          msg_body: { text },
        }
        acked.messages.set((await jmessage.must('POST', '/v1/messages', message)).msg_id, text)
      }
    } catch (error) {
      // Nobody was there, or the answer was lost: nothing was promised. A user is in 500 groups at most.
      if (error instanceof Error && /: \d{3} /.test(error.message) && !/899015/.test(error.message))
        throw error
      await sleep(10)
    }
  }
}

const largest = (ids: Iterable<number>): number => {
  let most = 0
  for (const id of ids) most = Math.max(most, id)
  return most
}

test('messages, users and groups that were acknowledged survive kills, and ids stay above', {
  timeout: 180_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'beadle-kill-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const random = randomOf(seed)
  let port = 0
  const start = async () => {
    const app = `${APP.appKey}:${APP.masterSecret}`
    const listen = `127.0.0.1:${port}`
    const args = ['server', '--listen', listen, '--data', data, '--app', app, '--sandbox']
    const program = await Program.start(args)
    await program.says(/http:\S+:\d+/)
    port = Number(/http:\S+:(\d+)/.exec(program.stdout)![1])
    return program
  }
  let program = await start()
  const jmessage = new JMessage(`http://127.0.0.1:${port}`)
  await jmessage.users('alice')
  await jmessage.must('POST', '/v1/admins', { username: 'admin1', password: 'secret' })

  const acked: Acknowledged = { messages: new Map(), users: new Set(), groups: new Map() }
  const stop = new AbortController()
  const writers = Array.from({ length: WRITERS }, (_, i) => write(jmessage, i, acked, stop.signal))
  for (let kill = 0; kill < kills; kill++) {
    await sleep(100 + random() * 500)
    await program.kill()
    program = await start()
    // Nothing that was there before the kill comes again.
    const before = { messages: largest(acked.messages.keys()), groups: largest(acked.groups.keys()) }
    await jmessage.users(`after_kill_${kill}`)
    expect(await jmessage.group(`after_kill_${kill}`)).toBeGreaterThan(before.groups)
  }
  stop.abort()
  await Promise.all(writers)

  console.log(
    `seed ${seed}, ${kills} kills: ${acked.messages.size} messages, ${acked.users.size} users, ${acked.groups.size} groups acknowledged`,
  )
  const kept = new Map(
    (await jmessage.history({ user: 'alice' })).map(({ msgid, msg_body }) => [msgid, msg_body.text]),
  )
  const lost = [...acked.messages].filter(([msgid, text]) => kept.get(msgid) !== text)
  for (const name of acked.users)
    if ((await jmessage.call('GET', `/v1/users/${name}`)).status !== 200) lost.push([0, name])
  for (const [gid, name] of acked.groups)
    if ((await jmessage.call('GET', `/v1/groups/${gid}`)).status !== 200) lost.push([gid, name])
  expect(lost).toEqual([])
  expect(acked.messages.size).toBeGreaterThan(kills * 10)
  const last = await jmessage.say('alice', { user: 'alice' }, 'last')
  expect(last).toBeGreaterThan(largest(acked.messages.keys()))
  expect((await program.stop()).code).toBe(0)
})
