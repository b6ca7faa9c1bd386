import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { startServer } from '../../src/server/index.ts'
import { place } from './place.ts'
import { APP, basic, OTHER, ok, refusal, type World, world } from './world.ts'

const path = '/v1/sensitiveword'
const texts = (text: string) => ({ msg_body: { text } })

async function filtering(...words: string[]): Promise<World> {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  if (words.length > 0) ok(await w.call('POST', path, words), 204)
  ok(await w.call('PUT', `${path}/status?status=1`), 204)
  return w
}
const listed = async (w: World, query = '') =>
  (await w.call('GET', `${path}${query}`)).body.words.map((word: { name: string }) => word.name)

test('lists words in the order in which they were added, page by page', async () => {
  const w = await world()
  ok(await w.call('POST', path, ['one', 'two']), 204)
  await w.clock.advance(5000)
  ok(await w.call('POST', path, ['two', 'three', 'three']), 204)
  expect((await w.call('GET', path)).body).toEqual({
    start: 0,
    count: 3,
    words: [
      { name: 'one', itime: '2026-01-01 08:00:00' },
      { name: 'two', itime: '2026-01-01 08:00:00' },
      { name: 'three', itime: '2026-01-01 08:00:05' },
    ],
    total: 3,
  })
  expect((await w.call('GET', `${path}?start=1&count=1`)).body).toMatchObject({
    start: 1,
    count: 1,
    words: [{ name: 'two' }],
    total: 3,
  })
  expect((await w.callAs(OTHER, 'GET', path)).body).toEqual({ start: 0, count: 0, words: [], total: 0 })
})

test.each([
  ['POST', [], 'no word'],
  ['POST', ['ok', ''], 'an empty word'],
  ['POST', ['a'.repeat(11)], 'eleven letters'],
  ['POST', ['😀'.repeat(11)], 'eleven emoji'],
  ['POST', 'word', 'no array'],
  ['POST', Array.from({ length: 101 }, (_, i) => `w${i}`), '101 words'],
  ['PUT', { old_word: 'listed' }, 'no new_word'],
  ['PUT', { old_word: 'listed', new_word: '' }, 'an empty new_word'],
  ['DELETE', {}, 'no word'],
  ['GET', undefined, 'count 0', '?count=0'],
  ['GET', undefined, 'count 2001', '?count=2001'],
  ['GET', undefined, 'start -1', '?start=-1'],
] as [string, unknown, string, string?][])('%s %j is refused: %s', async (method, body, _, query = '') => {
  const w = await world()
  ok(await w.call('POST', path, ['listed']), 204)
  expect(refusal(await w.call(method, path + query, body))).toEqual([400, 899003])
  expect(await listed(w)).toEqual(['listed'])
})

test('takes ten characters, whatever they are', async () => {
  const w = await world()
  const words = ['敏'.repeat(10), '😀'.repeat(10), 'a b']
  ok(await w.call('POST', path, words), 204)
  expect(await listed(w)).toEqual(words)
})

test('an app has a hundred words in all; what is listed already takes no place', async () => {
  const w = await world()
  ok(
    await w.call(
      'POST',
      path,
      Array.from({ length: 99 }, (_, i) => `w${i}`),
    ),
    204,
  )
  expect(refusal(await w.call('POST', path, ['x', 'y']))).toEqual([400, 899003])
  expect((await w.call('GET', path)).body.total).toBe(99)
  ok(await w.call('POST', path, ['x', 'w1', 'w2']), 204)
  expect((await w.call('GET', path)).body.total).toBe(100)
  ok(await w.callAs(OTHER, 'POST', path, ['x', 'y']), 204)
})

test('replaces a word in its place, and names what is wrong', async () => {
  const w = await filtering('FUCK', 'other')
  ok(await w.call('PUT', path, { old_word: 'FUCK', new_word: 'fuck' }), 204)
  expect(await listed(w)).toEqual(['fuck', 'other'])
  expect((await w.send('admin1', 'single', 'alice', texts('FUCK'))).status).toBe(201)
  expect((await w.send('admin1', 'single', 'alice', texts('fuck'))).status).toBe(403)
  const told = async (old_word: string, new_word: string) =>
    (await w.call('PUT', path, { old_word, new_word })).body.error
  expect(await told('FUCK', 'new')).toEqual({
    code: 899003,
    message: 'parameter invalid: old_word must be on the list',
  })
  for (const word of ['other', 'fuck'])
    expect(await told('fuck', word)).toEqual({
      code: 899003,
      message: 'parameter invalid: new_word must not be on the list yet',
    })
})

test('deletes a word, or several, all or none', async () => {
  const w = await filtering('one', 'two', 'three')
  ok(await w.call('DELETE', path, { word: 'one' }), 204)
  expect((await w.send('admin1', 'single', 'alice', texts('one'))).status).toBe(201)
  expect(refusal(await w.call('DELETE', path, { word: 'one' }))).toEqual([400, 899003])
  expect(refusal(await w.call('DELETE', path, ['two', 'one']))).toEqual([400, 899003])
  expect(await listed(w)).toEqual(['two', 'three'])
  ok(await w.call('DELETE', path, ['two', 'three', 'two']), 204)
  expect(await listed(w)).toEqual([])
})

test('is off until it is switched on; the switch may stand in the body', async () => {
  const w = await world()
  await w.users('alice')
  await w.admin('admin1')
  ok(await w.call('POST', path, ['bad']), 204)
  const status = async () => (await w.call('GET', `${path}/status`)).body
  const send = async () => (await w.send('admin1', 'single', 'alice', texts('so bad'))).status
  expect([await status(), await send()]).toEqual([{ status: 0 }, 201])
  ok(await w.call('PUT', `${path}/status`, { status: 1 }), 204)
  expect([await status(), await send()]).toEqual([{ status: 1 }, 403])
  expect((await w.callAs(OTHER, 'GET', `${path}/status`)).body).toEqual({ status: 0 })
  ok(await w.call('PUT', `${path}/status/?status=0`), 204)
  expect([await status(), await send()]).toEqual([{ status: 0 }, 201])
  for (const query of ['', '?status=2', '?status=on'])
    expect(refusal(await w.call('PUT', `${path}/status${query}`))).toEqual([400, 899003])
})

test('refuses a text with a word, of admins and of users, and keeps nothing of it', async () => {
  const w = await filtering('bad word')
  const sent = await w.send('admin1', 'single', 'alice', texts('a bad wordy text'))
  expect([sent.status, sent.body]).toEqual([
    403,
    { error: { code: 803009, message: 'the message contains sensitive word: bad word' } },
  ])
  expect(refusal(await w.say('bob1', 'single', 'alice', texts('bad word')))).toEqual([403, 803009])
  const query = 'count=9&begin_time=2026-01-01%2000:00:00&end_time=2026-01-02%2000:00:00'
  expect((await w.call('GET', `/v2/messages?${query}`)).body.total).toBe(0)
})

test('looks at the text of text messages only', async () => {
  const w = await filtering('bad')
  for (const more of [
    { msg_body: { text: 'fine', extras: { note: 'bad' } } },
    { msg_type: 'custom', msg_body: { text: 'bad' } },
    { from_name: 'bad', target_name: 'bad', notification: { title: 'bad' } },
    { msg_body: { text: 'BAD b ad' } },
  ])
    expect((await w.send('admin1', 'single', 'alice', more)).status).toBe(201)
})

test('every other refusal comes before that of a word', async () => {
  const w = await filtering('bad')
  const bad = texts('bad')
  const gid = await w.group('alice')
  ok(await w.call('PUT', '/v1/users/alice/blacklist', ['bob1']), 204)
  expect(refusal(await w.send('nobody', 'single', 'alice', bad))).toEqual([403, 899002])
  expect(refusal(await w.send('alice', 'single', 'bob1', bad))).toEqual([403, 899016])
  expect(
    refusal(await w.send('admin1', 'single', 'alice', { ...bad, target_appkey: 'c3'.repeat(12) })),
  ).toEqual([403, 899020])
  expect(refusal(await w.send('admin1', 'single', 'nobody', bad))).toEqual([403, 899002])
  expect(refusal(await w.send('admin1', 'group', 999, bad))).toEqual([403, 899006])
  expect(refusal(await w.say('bob1', 'group', gid, bad))).toEqual([403, 803005])
  expect(refusal(await w.say('bob1', 'single', 'alice', bad))).toEqual([403, 803008])
})

test('words hold over a restart', async () => {
  const data = await place()
  const start = () => startServer({ listen: undefined, ...data, apps: [APP], synchronous: 'NORMAL' })
  let server = await start()
  const call = (method: string, at: string, body?: unknown) =>
    server.fetch(
      new Request(`http://localhost${at}`, {
        method,
        headers: { authorization: basic(APP) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  await call('POST', '/v1/admins', { username: 'admin1', password: 'secret' })
  await call('POST', path, ['bad'])
  await call('PUT', `${path}/status?status=1`)
  await server.close()
  server = await start()
  const message = {
    ...{ version: 1, target_type: 'single', target_id: 'admin1', from_type: 'admin', from_id: 'admin1' },
    ...{ msg_type: 'text', msg_body: { text: 'bad' } },
  }
  expect((await call('POST', '/v1/messages', message)).status).toBe(403)
  await server.close()
})

test('whatever is added, replaced and deleted, the filter knows exactly what is listed', async () => {
  const w = await filtering()
  const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'A', '敏')
  const step = fc.oneof(
    fc.record({ method: fc.constant('POST'), body: fc.array(word, { minLength: 1, maxLength: 3 }) }),
    fc.record({ method: fc.constant('PUT'), body: fc.record({ old_word: word, new_word: word }) }),
    fc.record({ method: fc.constant('DELETE'), body: fc.record({ word }) }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 4 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'A', '敏', 'x'), minLength: 1, maxLength: 4 }),
      async (steps, text) => {
        // At once: the filter must not end up with an older list than the last one.
        await Promise.all(steps.map(({ method, body }) => w.call(method, path, body)))
        const words: string[] = await listed(w)
        const { status } = await w.send('admin1', 'single', 'alice', texts(text))
        expect(status).toBe(words.some(one => text.includes(one)) ? 403 : 201)
      },
    ),
    { numRuns: 60 },
  )
})
