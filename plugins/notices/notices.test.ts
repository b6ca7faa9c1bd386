import { type World, world } from 'beadle/testing'
import { expect, test, vi } from 'vitest'
import notices from './index.ts'

const square = { group: 'square' } as const
const HOUR = 3_600_000
const to = { groups: [10000001] }
/** The world begins on Thursday, 2026-01-01, at 08:00 in Shanghai. */
const standup = { cron: '0 9 * * 1-5', to, text: 'Stand-up in ten minutes' }
const PIXEL = 'data/pixel.gif'

const USAGE = [
  'Usage:',
  '/notice pause <name> – Have a notice rest',
  '/notice resume <name> – Have a notice come again',
  '/notice fire <name> – Send a notice now',
].join('\n')

const clerk = (config: object, baseDir?: string): Promise<World> =>
  world({
    plugins: [{ use: notices, config: { notices: config } }],
    bot: { roles: { moderator: ['carol'] }, timezone: 'Asia/Shanghai' },
    ...(baseDir === undefined ? {} : { baseDir }),
  })

/** Gives a command in a direct chat; resolves with the answer. */
async function ask(w: World, text: string, from = 'carol'): Promise<string | undefined> {
  await w.say({ from, user: 'test-bot', text })
  return (await w.texts({ user: from })).at(-1)
}

async function pass(w: World, ms: number): Promise<void> {
  await w.clock.advance(ms)
  await w.settled()
}

test('says a notice at its time, in the zone of the bot', async () => {
  await using w = await clerk({
    standup: { ...standup, to: { groups: [10000001], rooms: [20000001], users: ['dave'] } },
  })
  await pass(w, HOUR - 1)
  expect(await w.texts(square)).toEqual([])
  await pass(w, 1)
  for (const place of [square, { room: 'hall' }, { user: 'dave' }])
    expect(await w.texts(place)).toEqual(['Stand-up in ten minutes'])
  // Friday; then nothing until Monday.
  await pass(w, 72 * HOUR)
  expect(await w.texts(square)).toHaveLength(2)
})

test('says a notice in a zone of its own', async () => {
  await using w = await clerk({ standup: { ...standup, timezone: 'Asia/Tokyo' } })
  // The world begins at nine in Tokyo, so that the first time is the day after.
  expect(await ask(w, '/notices')).toBe('standup: Fri 2026-01-02 09:00 (Asia/Tokyo)')
  await pass(w, 24 * HOUR - 1)
  expect(await w.texts(square)).toEqual([])
  await pass(w, 1)
  expect(await w.texts(square)).toHaveLength(1)
})

test('shows the time in the zone of the notice', async () => {
  const text = "It is {{ now | date: '%H:%M' }}."
  await using w = await clerk({
    here: { ...standup, text },
    there: { ...standup, text, cron: '30 0 * * *', timezone: 'UTC' },
  })
  await pass(w, HOUR)
  expect(await w.texts(square)).toEqual(['It is 00:30.', 'It is 09:00.'])
})

test('sends a picture after its text', async () => {
  await using w = await clerk(
    { tea: { ...standup, text: 'Tea!', image: 'pixel.gif' } },
    new URL('samples', import.meta.url).pathname,
  )
  await pass(w, HOUR)
  const said = await w.history(square)
  expect(said.map(({ msg_type }) => msg_type)).toEqual(['text', 'image'])
  expect(said[1]?.msg_body).toMatchObject({ width: 1, height: 1 })
})

test('says its text when the picture cannot be sent, once, and the picture later', async () => {
  await using w = await clerk({ tea: { ...standup, text: 'Tea!', image: PIXEL } }, '/nowhere')
  await w.clock.advance(HOUR)
  // Looking for the file takes a moment of real time, which the handler's time limit must not run over.
  await vi.waitFor(() => expect(w.log.some(({ level }) => level === 'warn')).toBe(true), 10_000)
  await w.clock.advance(60_000)
  expect(await w.texts(square)).toEqual(['Tea!'])
  const failure = w.log.find(({ level }) => level === 'warn')
  expect(String(failure?.fields.err)).toContain('not sent to group 10000001')
})

test('tells everybody which notices there are, and when they come', async () => {
  await using w = await clerk({ standup, tea: { ...standup, cron: '0 16 * * 5' } })
  await ask(w, '/notice pause tea')
  expect(await ask(w, '/notices', 'dave')).toBe('standup: Thu 2026-01-01 09:00 (Asia/Shanghai)\ntea: paused')
})

test('says nothing of a paused notice, also after a restart, until it is resumed', async () => {
  await using w = await clerk({ standup })
  expect(await ask(w, '/notice pause standup')).toBe('The notice standup is paused.')
  await pass(w, 2 * HOUR)
  await w.restart()
  await pass(w, 24 * HOUR)
  expect(await w.texts(square)).toEqual([])
  expect(await ask(w, '/notices')).toBe('standup: paused')
  expect(await ask(w, '/notice resume standup')).toBe(
    'The notice standup is on again, next Mon 2026-01-05 09:00 (Asia/Shanghai).',
  )
  await pass(w, 72 * HOUR)
  expect(await w.texts(square)).toEqual(['Stand-up in ten minutes'])
})

test('fires a notice at once, also a paused one', async () => {
  await using w = await clerk({ standup })
  await ask(w, '/notice pause standup')
  expect(await ask(w, '/notice fire standup')).toBe('The notice standup was sent.')
  expect(await w.texts(square)).toEqual(['Stand-up in ten minutes'])
})

test('says why a notice could not be fired', async () => {
  await using w = await clerk({ standup: { ...standup, to: { groups: [10000001, 10000002] } } })
  expect(await ask(w, '/notice fire standup')).toMatch(
    /^That did not work: not sent to group 10000002: .*Group id invalid/,
  )
  expect(await w.texts(square)).toEqual(['Stand-up in ten minutes'])
})

test('says a notice later where it was refused, and there alone', async () => {
  await using w = await clerk({ standup: { ...standup, to: { groups: [10000001, 10000002] } } })
  await w.clock.advance(HOUR)
  const { gid } = await w.client.groups.create({ body: { owner_username: 'alice', name: 'market' } })
  await pass(w, 5000)
  expect(await w.texts({ group: gid })).toEqual(['Stand-up in ten minutes'])
  expect(await w.texts(square)).toEqual(['Stand-up in ten minutes'])
})

test.each([
  ['/notice pause tee', 'There is no notice tee. There are: standup.'],
  ['/notice fire constructor', 'There is no notice constructor. There are: standup.'],
  ['/notice burn standup', `There is no /notice burn.\n${USAGE}`],
  ['/notice toString standup', `There is no /notice toString.\n${USAGE}`],
  ['/notice fier standup', `There is no /notice fier. Did you mean /notice fire?\n${USAGE}`],
  ['/notice', USAGE],
])('answers %s with what is wrong', async (text, answer) => {
  await using w = await clerk({ standup })
  expect(await ask(w, text)).toBe(answer)
})

test('keeps pausing, resuming and firing for moderators', async () => {
  await using w = await clerk({ standup })
  expect(await ask(w, '/notice fire standup', 'dave')).toBe("/notice is for the role 'moderator'.")
  expect(await w.texts(square)).toEqual([])
})

test('says that there are no notices', async () => {
  await using w = await clerk({})
  expect(await ask(w, '/notices')).toBe('There are no notices.')
})

test.each([
  [{ ...standup, cron: '0 25 * * *' }, /notices\.standup\.cron must be a cron expression; .*hour/],
  [{ ...standup, timezone: 'Asia/Shangai' }, /notices\.standup\.timezone must be an IANA time zone/],
  [{ ...standup, to: { groups: [] } }, /notices\.standup\.to must name at least one/],
  [{ cron: standup.cron, to }, /notices\.standup must have a text or an image/],
  [{ ...standup, text: '{{ name }}' }, /notices\.standup\.text must show nothing but now; there is no name/],
  [{ ...standup, text: '{% if %}' }, /notices\.standup\.text must be a template/],
  [{ ...standup, text: ' ' }, /notices\.standup\.text must not be empty/],
  [{ ...standup, text: 'x'.repeat(5000) }, /notices\.standup\.text must fit into a message/],
])('refuses wrong settings', async (notice, problem) => {
  await expect(clerk({ standup: notice })).rejects.toThrow(problem)
})

test('says late what was due while it was down, if that is not long ago', async () => {
  await using w = await clerk({ standup, always: { ...standup, text: 'Late', missed: { once: '2h' } } })
  await w.restart({ after: HOUR + 5 * 60_000 })
  expect((await w.texts(square)).sort()).toEqual(['Late', 'Stand-up in ten minutes'])
  await w.restart({ after: 25 * HOUR })
  expect((await w.texts(square)).sort()).toEqual(['Late', 'Late', 'Stand-up in ten minutes'])
})

test('refuses a wrong rule for what was missed', async () => {
  await expect(clerk({ standup: { ...standup, missed: 'always' } })).rejects.toThrow(
    /notices\.standup\.missed must be 'skip', 'once'/,
  )
})
