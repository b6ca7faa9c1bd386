import { expect, test } from 'vitest'
import type { Change, Work } from '../../../src/store/index.ts'
import { turns } from '../../quiet.ts'
import { OutboxWorld } from './outbox-world.ts'

const settle = () => turns(20)

/** Has every write wait, until what is returned is called; they keep their order. */
function holdWrites({ store }: OutboxWorld): () => void {
  const { write, apply } = store
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  Object.assign(store, {
    write: (work: Work<unknown>) => held.then(() => write(work)),
    apply: (...changes: Change[]) => held.then(() => apply(...changes)),
  })
  return release
}

test('a call whose turn comes while it is being noted as waiting is looked up after a crash, and not made again', async () => {
  const w = await OutboxWorld.open()
  let posts = 0
  let release = () => {}
  let crashed: Promise<void> | undefined
  w.jmessage.fault = path => {
    if (path !== '/v1/messages') return undefined
    posts++
    if (posts === 1) release = holdWrites(w)
    // The client itself asks three times.
    if (posts <= 3) return 'refused'
    if (posts === 4) {
      release()
      crashed = w.crash()
    }
    return undefined
  }
  void w.send('once', { key: 'k' })
  await w.clock.advance(1000)
  release()
  await settle()
  await crashed
  await w.drain()
  expect(w.jmessage.texts).toEqual(['once'])
})

test('a call that is leaving cannot be taken back any more, however slow the disk is', async () => {
  const w = await OutboxWorld.open()
  let release = () => {}
  let cancelled: Promise<boolean> | undefined
  let posts = 0
  w.jmessage.fault = path => {
    if (path !== '/v1/messages') return undefined
    posts++
    if (posts === 1) release = holdWrites(w)
    if (posts <= 3) return 'refused'
    cancelled = w.outbox.cancel('k')
    return undefined
  }
  void w.send('said', { key: 'k' })
  await w.clock.advance(1000)
  release()
  await settle()
  await w.drain()
  expect(w.jmessage.texts).toEqual(['said'])
  expect(await cancelled).toBe(false)
})

test('however long a call cannot be noted, it is tried no more often', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = () => 'http-500-before'
  await w.send('patient')
  w.jmessage.fault = () => undefined
  let tries = 0
  const { apply } = w.store
  const fail = () => {
    tries++
    return Promise.reject(new Error('disk full'))
  }
  Object.assign(w.store, { apply: fail })
  await w.clock.advance(2 * 3_600_000)
  tries = 0
  await w.clock.advance(600_000)
  expect(tries).toBeLessThan(300)
  Object.assign(w.store, { apply })
  await w.drain()
  expect(w.jmessage.texts).toEqual(['patient'])
})
