import { expect, onTestFinished, test } from 'vitest'
import { idMaker } from '../../../src/base/ids.ts'
import { Outbox } from '../../../src/runtime/bot/outbox.ts'
import { alone, type News, type Place } from '../../../src/runtime/fleet/place.ts'
import { until } from '../../e2e/until.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { captured } from '../capture.ts'
import { APP, FakeJMessage } from './fake-jmessage.ts'
import { sending } from './outbox-world.ts'

const FIRST = 1
const SECOND = 2

/** Two processes on one database: news of one is heard by both at once. */
async function town() {
  const clock = new QuietClock()
  const jmessage = new FakeJMessage(clock)
  const store = await runtimeStore()
  const makeId = idMaker(() => clock.now())
  const processes: { outbox: Outbox; parts: Set<number>; isSure: boolean }[] = []
  const heard: News[] = []
  const open = (...parts: number[]) => {
    const own = { parts: new Set(parts), isSure: true }
    const place: Place = {
      ...alone,
      isShared: true,
      get isSure() {
        return own.isSure
      },
      has: part => own.parts.has(part),
      any: () => [...own.parts][0]!,
      get parts() {
        return JSON.stringify([...own.parts])
      },
      tell: news => {
        heard.push(...news)
        return []
      },
    }
    const apps = [{ name: 'main', appKey: APP.appKey, client: jmessage.client() }]
    const outbox = new Outbox({ store, clock, log: captured(), makeId, apps, place })
    const process = Object.assign(own, { outbox })
    processes.push(process)
    onTestFinished(() => outbox.stop())
    return process
  }
  const send = ({ outbox }: { outbox: Outbox }, text: string, partition?: number) =>
    outbox.main.submit({
      ...sending(text, { key: text, group: '10001', origin: 'own', at: clock.now() }),
      partition,
    })
  /** Moves time on until something holds. */
  const pass = (what: string, holds: () => boolean | Promise<boolean>, stepMs = 250) =>
    until(what, async () => {
      await clock.advance(stepMs)
      return holds()
    })
  /** Asks for a call that has to wait on disk. */
  const queue = async (process: { outbox: Outbox }, text: string, partition: number) => {
    let state = ''
    void send(process, text, partition).then(told => {
      state = told.state
    })
    await pass('its caller is told', () => state !== '')
    expect(state).toBe('queued')
  }
  /** Hands a part over, as the fleet does, while time goes on. */
  const handOver = async (part: number, from: (typeof processes)[0], to: typeof from) => {
    let isLeft = false
    from.parts.delete(part)
    void from.outbox.handover.leave(new Set([part])).then(() => {
      isLeft = true
    })
    await pass('nothing of it is under way', () => isLeft, 50)
    to.parts.add(part)
    await to.outbox.handover.take([part])
  }
  const states = async () => {
    const rows = await store.read.execute(store.db.selectFrom('outbox').selectAll().orderBy('seq'))
    return rows.map(({ key, state }) => `${key} ${state}`)
  }
  return { clock, jmessage, heard, open, send, queue, pass, handOver, states }
}

test('what waits goes on with the process that has its part now, in order and once', async () => {
  const { handOver, jmessage, open, pass, queue, states } = await town()
  const [one, other] = [open(FIRST, SECOND), open()]
  jmessage.isDown = true
  for (const text of ['a', 'b', 'c']) await queue(one, text, FIRST)
  await handOver(FIRST, one, other)
  expect([one.outbox.waiting, other.outbox.waiting]).toEqual([0, 3])
  jmessage.isDown = false
  await pass('all is made', () => other.outbox.waiting === 0, 5000)
  expect(jmessage.texts).toEqual(['a', 'b', 'c'])
  expect(await states()).toEqual(['a sent', 'b sent', 'c sent'])
})

test('a call that is under way ends where it began, before its part is given up', async () => {
  const { handOver, jmessage, open, send, states } = await town()
  const [one, other] = [open(FIRST, SECOND), open()]
  let answer: (() => void) | undefined
  jmessage.delay = () =>
    new Promise(resolve => {
      answer = resolve
    })
  const sent = send(one, 'a', FIRST)
  await until('it is under way', () => answer !== undefined)
  const handed = handOver(FIRST, one, other)
  answer!()
  await handed
  expect(await sent).toMatchObject({ state: 'sent' })
  expect(other.outbox.waiting).toBe(0)
  expect(jmessage.texts).toEqual(['a'])
  expect(await states()).toEqual(['a sent'])
})

test('a call is taken back by the process that has it', async () => {
  const { clock, handOver, heard, jmessage, open, pass, queue, states } = await town()
  const [one, other] = [open(FIRST, SECOND), open()]
  jmessage.isDown = true
  await queue(one, 'a', FIRST)
  const isQueued = async () => (await states()).join() === 'a queued'
  await pass('it waits', async () => one.outbox.main.depths.notice === 1 && (await isQueued()), 50)
  // It does not try it, so that it has not left.
  other.isSure = false
  await handOver(FIRST, one, other)
  const cancelled = one.outbox.cancel('a')
  await until('the other is told', () => heard.length === 1)
  expect(heard).toEqual([{ kind: 'cancel', partition: FIRST, key: 'a' }])
  expect(await other.outbox.cancel('a')).toBe(true)
  let answer: boolean | undefined
  void cancelled.then(told => {
    answer = told
  })
  await pass('the first knows', () => answer !== undefined)
  expect(answer).toBe(true)
  other.isSure = true
  jmessage.isDown = false
  await clock.advance(60_000)
  expect([jmessage.texts, await states()]).toEqual([[], ['a cancelled']])
})

test('a process that is not sure of its parts makes no call, and goes on when it is', async () => {
  const { jmessage, open, send } = await town()
  const one = open(FIRST)
  one.isSure = false
  const sent = send(one, 'a', FIRST)
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(jmessage.calls).toEqual([])
  one.isSure = true
  one.outbox.goOn()
  expect(await sent).toMatchObject({ state: 'sent' })
})

test('what a process did not know of that it has lost takes nothing back that another one did', async () => {
  const { clock, jmessage, open, queue, pass, states } = await town()
  const [one, other] = [open(FIRST, SECOND), open()]
  jmessage.isDown = true
  await queue(one, 'a', FIRST)
  jmessage.isDown = false
  // It is cut off: others take its part, and it does not know.
  one.isSure = false
  other.parts.add(FIRST)
  await other.outbox.handover.take([FIRST])
  await pass('the other has made it', () => other.outbox.waiting === 0, 5000)
  one.parts.delete(FIRST)
  one.outbox.handover.lose(new Set([FIRST]))
  one.isSure = true
  one.outbox.goOn()
  await clock.advance(60_000)
  expect([jmessage.texts, await states()]).toEqual([['a'], ['a sent']])
  expect(one.outbox.waiting).toBe(0)
})
