import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import type { Delivery } from '../../../src/runtime/events/event.ts'
import { PLAIN_SHELF } from '../../../src/runtime/plugin/state/state-keep.ts'
import { Link } from '../../../src/runtime/plugin/worker/link.ts'
import { ThreadAttempt } from '../../../src/runtime/plugin/worker/thread-attempt.ts'
import { type FromThread, VITALS_BYTES, type WireCall } from '../../../src/runtime/plugin/worker/wire.ts'

/** So many questions are open at a time; the next ones wait. */
const MOST_OPEN = 256

test('what had no turn to be asked for before its attempt was over is refused', async () => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const link = new Link(port1, new SharedArrayBuffer(VITALS_BYTES))
  link.open(() => {})
  const heard: FromThread[] = []
  port2.on('message', message => heard.push(message))
  const reads = Array.from({ length: MOST_OPEN }, (_, n) => link.ask('read', [PLAIN_SHELF, `key ${n}`]))
  const attempt = new ThreadAttempt(1, { attempts: 0 } as Delivery)
  const late = link.ask('submit', [{} as WireCall], attempt)
  const next = link.ask('read', [PLAIN_SHELF, 'next'])
  attempt.abort(new AppError('its time is up', { code: 'plugin.timeout' }))
  port2.postMessage({ type: 'answer', id: 1, value: 'one' })
  await expect(late).rejects.toMatchObject({ code: 'plugin.timeout' })
  expect(await reads[0]).toBe('one')
  for (let id = 2; id <= MOST_OPEN + 2; id++) port2.postMessage({ type: 'answer', id, value: id })
  expect(await next).toBe(MOST_OPEN + 2)
  expect(heard.filter(message => message.type === 'ask' && message.service === 'submit')).toEqual([])
})
