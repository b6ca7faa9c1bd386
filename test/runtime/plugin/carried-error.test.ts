import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError, type Retry } from '../../../src/base/errors.ts'
import { apiError, type RateLimited, RetractTooLate, TransportError } from '../../../src/client/errors.ts'
import { UserError } from '../../../src/runtime/plugin/user-error.ts'
import { carry, uncarry } from '../../../src/runtime/plugin/worker/carried-error.ts'
import { StoreError } from '../../../src/store/index.ts'

/** As a port does it. */
const sent = (thrown: unknown): Error => uncarry(structuredClone(carry(thrown)))

const answer = (status: number, jmCode: number) =>
  apiError({ endpoint: 'messages.send', status, jmCode, message: 'no' }, () => '7')

test.each([
  new AppError('a', { code: 'x.y', hint: 'Do.', retry: 'unsure' }),
  new UserError('Not today.'),
  new TransportError('gone', 'before'),
  new StoreError('store.full', 'no room'),
  answer(403, 855001),
  answer(429, 2002),
  answer(500, 899000),
  answer(404, 899002),
  answer(400, 899003),
  answer(403, 1),
  new TypeError('t'),
])('%s arrives as what it was', error => {
  const arrived = sent(error)
  expect(arrived.constructor).toBe(error.constructor)
  expect(arrived).toBeInstanceOf(Error)
  expect({ ...arrived }).toEqual({ ...error, name: error.name })
  expect([arrived.name, arrived.message, arrived.stack]).toEqual([error.name, error.message, error.stack])
})

test('classes that a plugin made arrive as the nearest that is known, under their own name', () => {
  class Odd extends RetractTooLate {
    // @ts-expect-error a name of its own
    override readonly name = 'Odd'
    readonly extra = 5
    readonly run = () => {}
  }
  const arrived = sent(new Odd({ endpoint: 'e', status: 403, jmCode: 855001, message: 'm' }))
  expect(arrived).toBeInstanceOf(RetractTooLate)
  expect(arrived).toMatchObject({ name: 'Odd', extra: 5, jmCode: 855001 })
  expect(arrived).not.toHaveProperty('run')
  expect((sent(answer(429, 2002)) as RateLimited).retryAfterMs).toBe(7000)
})

test('whatever is thrown, with whatever causes, can be sent', () => {
  const retry = fc.constantFrom<Retry>('never', 'later', 'unsure')
  fc.assert(
    fc.property(fc.anything(), fc.string(), retry, (cause, code, retry) => {
      const arrived = sent(new AppError('a', { code, retry, cause })) as AppError
      expect([arrived.code, arrived.retry]).toEqual([code, retry])
      expect(sent(cause)).toBeInstanceOf(Error)
    }),
  )
  const endless = new Error('a')
  endless.cause = endless
  expect(sent(endless).message).toBe('a')
})
