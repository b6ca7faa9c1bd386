import { describe, expect, test } from 'vitest'
import { errorCodes, type JmCode } from '../../src/protocol/index.ts'
import { refusals } from './refusals/index.ts'
import { all, ids } from './request.ts'
import { foundTown } from './town.ts'
import { errorOf } from './tryout.ts'

/** Every code of every endpoint: `messages.send 899016`. */
const declared = ids.flatMap(id => all[id].errors.map(code => [`${id} ${code}`, id, code] as const))

test('knows a way to every code that an endpoint declares', () => {
  const known = ids.flatMap(id => Object.keys(refusals[id]).map(code => `${id} ${code}`))
  expect(known.sort()).toEqual(declared.map(([name]) => name).sort())
})

describe('refuses:', () => {
  test.each(declared)('%s', async (_, id, code) => {
    const answer = await refusals[id][code]!(await foundTown(), id)
    const { status, message } = errorCodes[code as JmCode]
    expect({ status: answer.status, ...errorOf(answer) }).toEqual({
      status,
      code,
      message: expect.stringMatching(new RegExp(`^${message}(: .+)?$`)),
    })
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })
})
