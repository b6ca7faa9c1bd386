import fc from 'fast-check'
import { expect, test } from 'vitest'
import { misbehave, setFaults, struck } from './misbehave.ts'
import { APP, basic, ok, refusal, world } from './world.ts'

test('strikes the same calls for the same seed', async () => {
  const w = await world()
  const rules = [
    { endpoints: ['users.get'], fault: 'error', status: 500, probability: 0.3 },
    { fault: 'error', status: 502, probability: 0.3 },
  ]
  const statuses = async (seed: number, paths: readonly string[]): Promise<number[]> => {
    ok(await setFaults(w, rules, seed))
    const all: number[] = []
    for (const path of paths) {
      const headers = { authorization: basic(APP) }
      all.push((await w.server.fetch(new Request(`http://x${path}`, { headers }))).status)
    }
    return all
  }
  const path = fc.constantFrom('/v1/users/alice', '/v1/groups/1', '/v1/chatroom/1')
  const paths = fc.array(path, { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(fc.nat(0xffffffff), paths, async (seed, sequence) => {
      expect(await statuses(seed, sequence)).toEqual(await statuses(seed, sequence))
    }),
    { numRuns: 15 },
  )
  const many = Array.from({ length: 500 }, () => '/v1/users/alice')
  const one = await statuses(1, many)
  expect(one).not.toEqual(await statuses(2, many))
  const count = (status: number) => one.filter(each => each === status).length
  // 150 and 105 are due; six standard deviations are 61 and 54.
  expect(Math.abs(count(500) - 150)).toBeLessThan(61)
  expect(Math.abs(count(502) - 105)).toBeLessThan(54)
  expect(await struck(w)).not.toEqual([0, 0])
})

test('shows its rules with how often each struck, until they are lifted', async () => {
  const w = await world()
  expect((await w.raw('/sandbox/faults')).body).toEqual({ seed: 1, rules: [] })
  const rules = [{ fault: 'lost' }, { fault: 'callback-duplicate', times: 1 }]
  const shown = {
    seed: 7,
    rules: [
      { fault: 'lost', endpoints: ['*'], probability: 1, struck: 0 },
      { fault: 'callback-duplicate', probability: 1, times: 1, struck: 0 },
    ],
  }
  expect(ok(await setFaults(w, rules, 7)).body).toEqual(shown)
  expect((await w.raw('/sandbox/faults')).body).toEqual(shown)
  expect((await w.raw('/sandbox/faults', { method: 'DELETE' })).status).toBe(204)
  expect((await w.raw('/sandbox/faults')).body).toEqual({ seed: 1, rules: [] })
  expect((await w.call('GET', '/v1/users/alice')).status).toBe(403)
})

const wrong: readonly (readonly [object, string])[] = [
  [
    { endpoints: ['messages.sned'], fault: 'lost' },
    '.endpoints[0] must be the id of an endpoint: did you mean messages.send?',
  ],
  [
    { endpoints: ['*', 'group.*'], fault: 'lost' },
    '.endpoints[1] must be the id of an endpoint: did you mean groups.*?',
  ],
  [
    { endpoints: ['nothing like it'], fault: 'lost' },
    '.endpoints[0] must be an id such as messages.send, *, or one of users.*, ',
  ],
  [{ endpoints: [], fault: 'lost' }, '.endpoints must name an endpoint'],
  [
    { fault: 'explode' },
    '.fault must be one of rate-limited, error, slow, refused, lost, cut, callback-duplicate, ',
  ],
  [{}, '.fault must be one of rate-limited, '],
  [{ fault: 'lost', probability: 1.1 }, '.probability must be from 0 to 1'],
  [{ fault: 'lost', times: 0 }, '.times must be from 1 to 1000000'],
  [{ fault: 'slow' }, '.delay_ms must be an integer'],
  [{ fault: 'slow', delay_ms: 120_001 }, '.delay_ms must be from 0 to 120000'],
  [{ fault: 'error', status: 200 }, '.status must be 500, 502, 503 or 504'],
  [{ fault: 'rate-limited', retry_after_s: 0 }, '.retry_after_s must be from 1 to 3600'],
  [{ fault: 'callback-duplicate', endpoints: ['*'] }, ' has an unknown key: endpoints'],
  [{ fault: 'lost', app: 'x' }, '.app must be the appKey of an app of this server'],
]

test('refuses what no rule can say, names the field, and keeps the rules that were there', async () => {
  const w = await world()
  await misbehave(w, { endpoints: ['users.get'], fault: 'error' })
  for (const [rule, message] of wrong) {
    const answer = await setFaults(w, [{ fault: 'cut' }, rule])
    expect(refusal(answer)).toEqual([400, 899003])
    expect(answer.body.error.message).toContain(`parameter invalid: rules[1]${message}`)
  }
  expect((await w.call('GET', '/v1/users/alice')).status).toBe(503)
})

test('takes nothing that is not a plan, and fails at nothing', async () => {
  const w = await world()
  await fc.assert(
    fc.asyncProperty(fc.json(), async body => {
      const request = new Request('http://x/sandbox/faults', { method: 'PUT', body })
      expect((await w.server.fetch(request)).status).toBe(400)
    }),
    { numRuns: 100 },
  )
  for (const body of [undefined, '', '{', '[]'])
    expect(refusal(await w.raw('/sandbox/faults', { method: 'PUT', body: body ?? null }))).toEqual([
      400, 899003,
    ])
  const many = Array.from({ length: 101 }, () => ({ fault: 'lost' }))
  expect(refusal(await setFaults(w, many))).toEqual([400, 899003])
  expect(refusal(await setFaults(w, [], -1))).toEqual([400, 899003])
})

test('is not there without a sandbox, nor for pages of other sites', async () => {
  const w = await world({ sandbox: false })
  expect(refusal(await w.raw('/sandbox/faults'))).toEqual([404, 404])
  expect(refusal(await setFaults(w, [{ fault: 'refused' }]))).toEqual([404, 404])
  const other = await world()
  const headers = { origin: 'https://evil.example' }
  const body = JSON.stringify({ rules: [{ fault: 'refused' }] })
  expect((await other.raw('/sandbox/faults', { method: 'PUT', headers, body })).status).toBe(403)
  expect(await struck(other)).toEqual([])
})
