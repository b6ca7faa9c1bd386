import { expect, onTestFinished, test } from 'vitest'
import { idMaker } from '../../../src/base/ids.ts'
import { Outbox, type OutboxOptions } from '../../../src/runtime/bot/outbox.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock, turns } from '../../quiet.ts'
import { captured } from '../capture.ts'
import { FakeJMessage } from './fake-jmessage.ts'
import { sending } from './outbox-world.ts'

const NAMES = ['bread', 'iron'] as const

/** An outbox of two apps, each with a JMessage of its own; the first is the main one. */
async function twoApps(more: Partial<OutboxOptions> = {}) {
  const clock = new QuietClock()
  const store = await runtimeStore()
  const log = captured()
  const makeId = idMaker(() => clock.now())
  const jmessage = { bread: new FakeJMessage(clock), iron: new FakeJMessage(clock) }
  const open = (names: readonly (typeof NAMES)[number][] = NAMES) => {
    const apps = names.map(name => ({ name, appKey: `key of ${name}`, client: jmessage[name].client() }))
    const outbox = new Outbox({ store, clock, log, makeId, apps, ...more })
    onTestFinished(() => outbox.stop())
    return outbox
  }
  const send = (outbox: Outbox, app: (typeof NAMES)[number], text: string, key = makeId()) =>
    outbox.of(`key of ${app}`)!.submit(sending(text, { key, group: '10001', origin: 'own', at: clock.now() }))
  const rows = () =>
    store.read.execute(store.db.selectFrom('outbox').select(['key', 'app', 'state']).orderBy('seq'))
  return { clock, store, log, jmessage, open, send, rows }
}

test('calls of one app are made in order, and wait for none of another with the same target', async () => {
  const w = await twoApps()
  const outbox = w.open()
  w.jmessage.bread.isDown = true
  const waits = [w.send(outbox, 'bread', '1'), w.send(outbox, 'bread', '2')]
  await w.clock.advance(1000)
  for (const told of waits) expect(await told).toMatchObject({ state: 'queued' })
  expect(await w.send(outbox, 'iron', 'a')).toMatchObject({ state: 'sent' })
  expect(w.jmessage.iron.texts).toEqual(['a'])
  w.jmessage.bread.isDown = false
  await w.clock.advance(60_000)
  expect(w.jmessage.bread.texts).toEqual(['1', '2'])
  expect((await w.rows()).map(({ app }) => app)).toEqual(['key of bread', 'key of bread', 'key of iron'])
})

test('what an earlier version left, which names no app, is of the main one', async () => {
  const w = await twoApps()
  const first = w.open()
  w.jmessage.bread.isDown = true
  void w.send(first, 'bread', 'old', 'k')
  await w.clock.advance(1000)
  await first.stop()
  await w.store.write(tx => tx.execute(w.store.db.updateTable('outbox').set({ app: '' })))
  w.jmessage.bread.isDown = false
  const second = w.open()
  expect(await second.resume()).toBe(1)
  await w.clock.advance(60_000)
  expect([w.jmessage.bread.texts, w.jmessage.iron.texts]).toEqual([['old'], []])
  expect(await w.rows()).toEqual([{ key: 'k', app: '', state: 'sent' }])
})

test('a dead letter of an app that is not configured any more is not sent again, and can be dropped', async () => {
  const w = await twoApps()
  const first = w.open()
  w.jmessage.iron.refusals.set('no', { status: 403, code: 899032 })
  await w.send(first, 'iron', 'no', 'k').catch(() => {})
  await turns(10)
  await first.stop()
  const second = w.open(['bread'])
  await expect(second.resend('k')).rejects.toMatchObject({ code: 'app.unknown' })
  expect(await second.drop('k')).toBe(true)
})

test('an app that fills the outbox leaves as much room as it has, and is refused more', async () => {
  const w = await twoApps({ mostOpen: 8 })
  const outbox = w.open()
  w.jmessage.bread.isDown = true
  w.jmessage.iron.isDown = true
  const fill = async (app: (typeof NAMES)[number]) => {
    for (let taken = 0; ; taken++) {
      const told = w.send(outbox, app, `${app} ${taken}`)
      const refusal = await Promise.race([told.then(() => undefined, String), w.clock.advance(1000)])
      if (refusal !== undefined) return [taken, refusal]
    }
  }
  expect(await fill('bread')).toEqual([4, expect.stringContaining('4 calls wait')])
  expect(await fill('iron')).toEqual([2, expect.stringContaining('2 calls wait')])
  expect(outbox.waiting).toBe(6)
})
