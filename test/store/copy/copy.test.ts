import fc from 'fast-check'
import { expect, test } from 'vitest'
import { migrateStore, openStore } from '../../../src/store/index.ts'
import { administer } from '../../postgres/start.ts'
import {
  copied,
  cutShort,
  database,
  file,
  filled,
  letGo,
  mixed,
  onFile,
  type Pair,
  refused,
  rowsOf,
  withPostgres,
} from './sides.ts'

withPostgres()

const MOST = 2 ** 53
const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom('', ' ', '\\', '"', '{"a":"\\u0000"}', '\n', '\u2028', '😀', '{', 'NULL', '\ufeff'),
  fc.string({ unit: fc.constantFrom('\0', '\ue000', '0', '1', 'a', '\\') }),
)
const integer: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, MOST, -MOST, MOST - 1, 2 ** 31, 2 ** 32),
)
const pair: fc.Arbitrary<Pair> = fc.tuple(
  text,
  fc.option(text, { nil: null }),
  fc.option(integer, { nil: null }),
  integer,
)
const pairs = fc.uniqueArray(pair, {
  selector: ([one, , , two]) => JSON.stringify([one, two]),
  maxLength: 60,
})

test('whatever stands in a table arrives as it was, and comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, fc.array(text, { maxLength: 10 }), async (rows, words) => {
      const from = await filled(rows, words)
      const [there, back, beside] = [await database(), file(), file()]
      const first = await copied(from, there)
      const second = await copied(there, back)
      await copied(back, beside)
      const all = await rowsOf(from)
      expect(all.pairs.length).toBe(rows.length)
      expect(await rowsOf(back)).toEqual(all)
      expect(await rowsOf(beside)).toEqual(all)
      expect(second.tables).toEqual(first.tables)
      expect(first.tables.map(({ table, rows: count }) => [table, count])).toEqual([
        ['pairs', rows.length],
        ['numbered', words.length],
      ])
    }),
    { numRuns: 5 },
  )
})

test('many rows and large ones are copied page by page', async () => {
  const many: Pair[] = Array.from({ length: 9001 }, (_, n) => [`k${n % 7}`, null, n, n])
  const large: Pair[] = Array.from({ length: 12 }, (_, n) => [`large ${n}`, `${n}`.repeat(1_200_000), n, n])
  const from = await filled([...many, ...large])
  const [there, back] = [await database(), file()]
  const seen: number[] = []
  await copied(from, there, { onProgress: ({ rows, phase }) => phase === 'copy' && seen.push(rows) })
  expect(seen.length).toBeGreaterThan(6)
  await copied(there, back)
  expect(await rowsOf(back)).toEqual(await rowsOf(from))
})

test('numbers that were given are not given again', async () => {
  const from = await filled([], ['one', 'two', 'three'])
  await onFile(from, file => file.exec("delete from numbered where word = 'three'"))
  const there = await database()
  await copied(from, there)
  const next = async () => {
    const sql = "insert into numbered (word) values ('next') returning id"
    return (await administer(there, client => client.query(sql))).rows[0].id
  }
  expect(await next()).toBe('4')
  const back = file()
  await copied(there, back)
  await onFile(back, file => file.exec("insert into numbered (word) values ('later')"))
  expect((await rowsOf(back)).numbered.map(([id, word]) => [id, word])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [4, 'next'],
    [5, 'later'],
  ])
})

test('a value that is none of its column is told of with table, key and column', async () => {
  const from = await filled([['key', 'whole', 1, 2]])
  await onFile(from, file => file.exec('update pairs set number = 1.5'))
  expect(await refused(copied(from, await database()))).toMatchObject({
    message: 'pairs ("key", 2): number is no whole number up to 2^53',
  })
})

test('differences in rows that each engine sorts otherwise are told of, too', async () => {
  const from = await filled([
    ['a', '1', 1, 1],
    ['\0', '2', 2, 2],
  ])
  const sign = "e'\\ue000'"
  const spoilt: readonly (readonly [string, string])[] = [
    ['update pairs set value = 3 where two = 2', 'pairs ("\\u0000", 2) differs in value'],
    ['delete from pairs where two = 2', 'pairs ("\\u0000", 2) is not at the target'],
    [`insert into pairs (one, two) values (${sign} || '0', 3)`, 'pairs ("\\u0000", 3) is at the target only'],
  ]
  for (const [sql, message] of spoilt) {
    const to = await database()
    await cutShort(from, to, 'verify')
    await administer(to, client => client.query(sql))
    expect(await refused(copied(from, to))).toMatchObject({ code: 'copy.differs', message })
  }
})

test('nothing starts on an unfinished copy, and it goes on where it was', async () => {
  const rows: Pair[] = Array.from({ length: 9000 }, (_, n) => ['k', `value ${n}`, null, n])
  const from = await filled(rows)
  for (const to of [await database(), file()]) {
    await cutShort(from, to, 'copy')
    await letGo()
    const started = await refused(openStore(mixed, { url: to }))
    expect(started).toMatchObject({ code: 'store.unfinished', hint: expect.stringContaining('beadle copy') })
    const seen: number[] = []
    const result = await copied(from, to, {
      onProgress: ({ phase, rows: count }) => phase === 'copy' && seen.push(count),
    })
    expect(result.resumed).toBe(true)
    expect(seen).toEqual([8000, 9000])
    await letGo()
    await (await openStore(mixed, { url: to })).close()
  }
})

test('what differs in the end is told of, by its first key, and stays an unfinished copy', async () => {
  const from = await filled([
    ['a', '1', 1, 1],
    ['b', '2', 2, 2],
    ['c', '3', 3, 3],
  ])
  const spoilt: readonly (readonly [string, string])[] = [
    [
      "update pairs set value = 'x', number = null where one = 'b'",
      'pairs ("b", 2) differs in value, number',
    ],
    ["delete from pairs where one >= 'b'", 'pairs ("b", 2) is not at the target'],
    ["insert into pairs (one, two) values ('c', 1)", 'pairs ("c", 1) is at the target only'],
    ["insert into pairs (one, two) values ('d', 1)", 'pairs ("d", 1) is at the target only'],
  ]
  for (const [sql, message] of spoilt) {
    const to = await database()
    await cutShort(from, to, 'verify')
    await administer(to, client => client.query(sql))
    expect(await refused(copied(from, to))).toMatchObject({ code: 'copy.differs', message })
    expect(await refused(openStore(mixed, { url: to }))).toMatchObject({ code: 'store.unfinished' })
  }
})

test('a source that was written to in between is refused', async () => {
  const from = await filled([['a', '1', 1, 1]])
  const to = await database()
  await cutShort(from, to, 'verify')
  await onFile(from, file => file.exec("insert into pairs values ('b', null, null, 2)"))
  expect(await refused(copied(from, to))).toMatchObject({ code: 'copy.changed' })
  await onFile(from, file => file.exec("delete from pairs where one = 'b'"))
  await onFile(from, file => file.exec("update pairs set value = 'other'"))
  expect(await refused(copied(from, to))).toMatchObject({
    code: 'copy.differs',
    message: 'pairs ("a", 1) differs in value',
  })
})

test('a target that holds something is refused, and left as it is', async () => {
  const from = await filled([['a', '1', 1, 1]])
  const to = await database()
  await copied(from, to)
  const two = await filled([
    ['a', '1', 1, 1],
    ['b', '1', 1, 2],
  ])
  expect(await refused(copied(two, to))).toMatchObject({
    code: 'copy.not-empty',
    message: expect.stringContaining('table pairs has 1 row'),
  })
  const another = await filled([['a', '2', 1, 1]])
  expect(await refused(copied(another, to))).toMatchObject({
    code: 'copy.not-empty',
    message: expect.stringMatching(/it is no copy of the source, pairs \("a", 1\) differs in value$/),
  })
  expect(await copied(from, to)).toMatchObject({ already: true, resumed: false })
  const other = await database()
  await cutShort(from, other, 'verify')
  expect(await refused(copied(await filled([['x', '1', 1, 1]]), other))).toMatchObject({
    code: 'copy.changed',
    message: expect.stringContaining(from),
  })
  expect(await refused(copied(other, file()))).toMatchObject({ code: 'store.unfinished' })
})

test('a source of an older version, or with other columns, is refused, and not touched', async () => {
  const from = await filled([['a', '1', 1, 1]])
  const migrations = { ...mixed.migrations, '002-more': { up: async () => {} } }
  const later = { ...mixed, migrations }
  expect(await refused(copied(from, await database(), { schemas: [later] }))).toMatchObject({
    code: 'copy.outdated',
    hint: expect.stringContaining('beadle migrate'),
  })
  const to = await database()
  await migrateStore(mixed, { url: to })
  await administer(to, client => client.query('alter table pairs add column more integer'))
  expect(await refused(copied(from, to))).toMatchObject({
    code: 'copy.columns',
    message: 'table pairs: only the target has a column more',
  })
  expect(await refused(copied(to, file()))).toMatchObject({
    message: 'table pairs: only the source has a column more',
  })
  expect(await refused(copied(file(), await database()))).toMatchObject({ code: 'copy.nothing' })
})

test('what somebody has open is refused, on either engine and either side', async () => {
  const from = await filled([['a', '1', 1, 1]])
  const to = await database()
  const there = await openStore(mixed, { url: to })
  expect(await refused(copied(from, to))).toMatchObject({
    code: 'copy.in-use',
    message: expect.stringMatching(/^a Beadle has the target .* open, with \d+ connections$/),
  })
  expect(await refused(copied(to, file()))).toMatchObject({ code: 'copy.in-use' })
  await there.close()
  await letGo()
  const own = await openStore(mixed, { url: from })
  expect(await refused(copied(from, to))).toMatchObject({
    code: 'copy.in-use',
    message: `another process has the source ${from} open`,
  })
  await own.close()
  await copied(from, to)
})
