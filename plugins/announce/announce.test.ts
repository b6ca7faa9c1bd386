import { type World, type WorldOptions, world } from 'beadle/testing'
import { expect, test } from 'vitest'
import announce from './index.ts'

const square = { group: 'square' } as const
const MINUTE = 60_000
const TOKEN = 'let-me-announce'
const bearer = { authorization: `Bearer ${TOKEN}` }
const auth = { type: 'bearer', token: TOKEN }
const deploy = { auth, to: { groups: [10000001] }, template: '{{ service }} {{ version }} is live' }

const herald = (config: object, options: WorldOptions = {}): Promise<World> =>
  world({
    plugins: [{ use: announce, config: { undo: { auth }, ...config } }],
    bot: { roles: { moderator: ['carol'] }, timezone: 'Asia/Shanghai' },
    ...options,
  })

const call = (w: World, hook: string, body: unknown): Promise<Response> =>
  w.hook(`/hooks/bot/announce/${hook}`, body, bearer)

/** Calls a webhook that is to take the call; resolves with the event. */
async function accepted(w: World, hook: string, body: unknown): Promise<string> {
  const response = await call(w, hook, body)
  expect(response.status).toBe(202)
  return ((await response.json()) as { event_id: string }).event_id
}

/** Gives a command in a direct chat; resolves with the answer. */
async function ask(w: World, text: string, from = 'carol'): Promise<string | undefined> {
  await w.say({ from, user: 'test-bot', text })
  return (await w.texts({ user: from })).at(-1)
}

test('makes a post of a call, in every group, room and direct chat', async () => {
  const to = { groups: [10000001, 10000002], rooms: ['20000001'], users: ['dave'] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } }, { groups: ['square', 'market'] })
  await accepted(w, 'deploy', { service: 'api', version: 7 })
  for (const place of [square, { group: 'market' }, { room: 'hall' }, { user: 'dave' }])
    expect(await w.texts(place)).toEqual(['api 7 is live'])
})

test('sends once to a target that is named twice', async () => {
  const to = { groups: [10000001, '10000001'] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } })
  await accepted(w, 'deploy', { service: 'api', version: 7 })
  expect(await w.texts(square)).toEqual(['api 7 is live'])
})

test('refuses a call without the secret', async () => {
  await using w = await herald({ hooks: { deploy } })
  const response = await w.hook('/hooks/bot/announce/deploy', { service: 'api', version: 7 })
  expect(response.status).toBe(401)
  expect(await w.texts(square)).toEqual([])
})

test.each([
  [{ service: 'api' }, 'version is required: the template shows it'],
  [{ service: null, version: 7 }, 'service is required: the template shows it'],
  [{}, 'service is required: the template shows it'],
  [[], 'body must be a JSON object'],
  [{ service: 'x'.repeat(4096), version: 7 }, 'body must make a text that fits into a message (4096 bytes)'],
])('answers 400 to the body %j', async (body, message) => {
  await using w = await herald({ hooks: { deploy } })
  const response = await call(w, 'deploy', body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: { code: 'webhook.invalid', message } })
  expect(await w.texts(square)).toEqual([])
})

test.each([
  ['{{ build.url }}', { build: {} }, 'body must fill in the template; .*undefined variable: build.url'],
  ['{{ a }} ', { a: ' ' }, 'body must make a text, but with it the template is empty'],
  ['{% for i in (1..n) %}{{ i }}{% endfor %}', { n: 1e9 }, 'body must fill in the template; .*memory'],
  ['{% include file %}', { file: '/etc/passwd' }, 'body must fill in the template'],
])('answers 400 when the template %s cannot be filled in', async (template, body, message) => {
  await using w = await herald({ hooks: { deploy: { ...deploy, template } } })
  const response = await call(w, 'deploy', body)
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(
    new RegExp(message),
  )
})

test('lets a call leave out what is optional, and sends what just fits', async () => {
  const template = '{{ a }}{% if note %} ({{ note.by }}){% endif %}'
  await using w = await herald({ hooks: { deploy: { ...deploy, template, optional: ['note'] } } })
  await accepted(w, 'deploy', { a: 1 })
  await accepted(w, 'deploy', { a: 2, note: { by: 'dave' }, more: 'is passed over' })
  expect(await w.texts(square)).toEqual(['1', '2 (dave)'])
  await accepted(w, 'deploy', { a: 'x'.repeat(4035) })
  await w.settled()
  expect((await w.texts(square)).at(-1)).toHaveLength(4035)
  expect((await call(w, 'deploy', { a: 'x'.repeat(4036) })).status).toBe(400)
})

test('shows lists and objects as JSON', async () => {
  await using w = await herald({ hooks: { deploy: { ...deploy, template: '{{ a }} {{ b }}' } } })
  await accepted(w, 'deploy', { a: { b: 1 }, b: [1, 'x'] })
  expect(await w.texts(square)).toEqual(['{"b":1} [1,"x"]'])
})

test('sends to the others when a target refuses, and later to that one alone', async () => {
  const to = { groups: [10000002, 10000001], users: ['dave'] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } })
  await accepted(w, 'deploy', { service: 'api', version: 7 })
  expect(await w.texts(square)).toEqual(['api 7 is live'])
  expect(await w.texts({ user: 'dave' })).toEqual(['api 7 is live'])
  const failure = w.log.find(({ message }) => message === 'a handler failed; it is tried again')
  expect(String(failure?.fields.err)).toMatch(/not sent to group 10000002: .*Group id invalid/)
  const { gid } = await w.client.groups.create({ body: { owner_username: 'alice', name: 'market' } })
  await w.clock.advance(2000)
  await w.settled()
  expect(await w.texts({ group: gid })).toEqual(['api 7 is live'])
  expect(await w.texts(square)).toEqual(['api 7 is live'])
  expect(await w.texts({ user: 'dave' })).toEqual(['api 7 is live'])
})

test('retracts a post by itself, also over a restart', async () => {
  await using w = await herald({ hooks: { deploy: { ...deploy, retractAfter: '2m' } } })
  await accepted(w, 'deploy', { service: 'api', version: 7 })
  await w.restart()
  await w.clock.advance(2 * MINUTE - 1)
  await w.settled()
  expect(await w.texts(square)).toEqual(['api 7 is live'])
  await w.clock.advance(1)
  await w.settled()
  expect(await w.texts(square)).toEqual([])
  expect(await ask(w, '/undo')).toBe('The announcement deploy was taken back already.')
})

test('does not send to a target any more once the others are gone', async () => {
  const to = { groups: [10000001, 10000002] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to, retractAfter: '5s' } } })
  await accepted(w, 'deploy', { service: 'api', version: 7 })
  await w.clock.advance(6000)
  const { gid } = await w.client.groups.create({ body: { owner_username: 'alice', name: 'market' } })
  await w.clock.advance(MINUTE)
  await w.settled()
  expect(await w.texts({ group: gid })).toEqual([])
  expect(await w.texts(square)).toEqual([])
})

test('takes an announcement back over the webhook', async () => {
  const to = { groups: [10000001], rooms: [20000001] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } })
  const first = await accepted(w, 'deploy', { service: 'api', version: 1 })
  await accepted(w, 'deploy', { service: 'api', version: 2 })
  await accepted(w, 'undo', { event_id: first })
  expect(await w.texts(square)).toEqual(['api 2 is live'])
  expect(await w.texts({ room: 'hall' })).toEqual(['api 2 is live'])
  expect((await call(w, 'undo', {})).status).toBe(400)
  expect((await w.hook('/hooks/bot/announce/undo', { event_id: first })).status).toBe(401)
  await accepted(w, 'undo', { event_id: 'unknown' })
  expect(w.log).toContainEqual(
    expect.objectContaining({ level: 'warn', message: 'there is no such announcement to take back' }),
  )
})

test('has no webhook that takes back unless it is wanted', async () => {
  await using w = await herald({ hooks: { deploy }, undo: undefined })
  expect((await call(w, 'undo', { event_id: 'x' })).status).toBe(404)
})

test('takes the last announcement back when a moderator says so', async () => {
  const to = { groups: [10000001], rooms: [20000001] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } })
  expect(await ask(w, '/undo')).toBe('Nothing was announced yet.')
  await accepted(w, 'deploy', { service: 'api', version: 1 })
  await accepted(w, 'deploy', { service: 'api', version: 2 })
  expect(await ask(w, '/undo')).toBe('Took back 2 of 2 posts of the announcement deploy.')
  expect(await w.texts(square)).toEqual(['api 1 is live'])
  expect(await ask(w, '/undo')).toBe('The announcement deploy was taken back already.')
  expect(await w.texts(square)).toEqual(['api 1 is live'])
})

test('takes back the announcement of an event', async () => {
  await using w = await herald({ hooks: { deploy } })
  const first = await accepted(w, 'deploy', { service: 'api', version: 1 })
  await accepted(w, 'deploy', { service: 'api', version: 2 })
  expect(await ask(w, `/undo ${first.toLowerCase()}`)).toBe(
    'Took back 1 of 1 post of the announcement deploy.',
  )
  expect(await w.texts(square)).toEqual(['api 2 is live'])
  expect(await ask(w, '/undo 123')).toBe(
    'I know no announcement 123. The command announcements lists the last ones.',
  )
})

test('says when it is too late to take back', async () => {
  await using w = await herald({ hooks: { deploy } })
  await accepted(w, 'deploy', { service: 'api', version: 1 })
  await w.clock.advance(4 * MINUTE)
  expect(await ask(w, '/undo')).toBe(
    'Took back 0 of 1 post of the announcement deploy. Too late for 1: more than three minutes have passed.',
  )
  expect(await ask(w, '/undo')).toBe('It was too late for 1 post of the announcement deploy before.')
  expect(await ask(w, '/announcements')).toMatch(/ deploy, 1 target, too late for 1: /)
  expect(await w.texts(square)).toEqual(['api 1 is live'])
})

test('does not send any more what was taken back while a target refused', async () => {
  const to = { groups: [10000002, 10000001] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } })
  await accepted(w, 'deploy', { service: 'api', version: 1 })
  expect(await ask(w, '/undo')).toBe('Took back 1 of 1 post of the announcement deploy.')
  const { gid } = await w.client.groups.create({ body: { owner_username: 'alice', name: 'market' } })
  await w.clock.advance(MINUTE)
  await w.settled()
  expect(await w.texts({ group: gid })).toEqual([])
})

test('takes back what is just on its way', async () => {
  const to = { groups: [10000001], users: ['dave'] }
  await using w = await herald({ hooks: { deploy: { ...deploy, to } } })
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'slow', delay_ms: 3000, after: true }])
  const event = await accepted(w, 'deploy', { service: 'api', version: 1 })
  const undo = await accepted(w, 'undo', { event_id: event })
  await w.clock.advance(3000)
  await w.settled()
  const taken = w.log.find(({ message }) => message === 'an announcement was taken back')
  expect(taken?.fields).toMatchObject({ event: undo, announcement: event, retracted: 2 })
  expect(await w.texts(square)).toEqual([])
  expect(await w.texts({ user: 'dave' })).toEqual([])
})

test('does not send what is taken back while its end is being noted', async () => {
  await using w = await herald({ hooks: { deploy: { ...deploy, retractAfter: '2m' } } })
  const { jobs } = w.runtime
  const schedule = jobs.schedule.bind(jobs)
  jobs.schedule = async job => {
    await accepted(w, 'undo', { event_id: job.key })
    await schedule(job)
  }
  await accepted(w, 'deploy', { service: 'api', version: 1 })
  await w.settled()
  expect(await w.texts(square)).toEqual([])
})

test('lists the last ten announcements, and remembers them over a restart', async () => {
  await using w = await herald({ hooks: { deploy } })
  expect(await ask(w, '/announcements')).toBe('Nothing was announced yet.')
  const events: string[] = []
  for (let version = 1; version <= 12; version++) {
    events.push(await accepted(w, 'deploy', { service: 'api', version }))
    await w.clock.advance(MINUTE)
  }
  await ask(w, '/undo')
  await w.restart()
  const lines = (await ask(w, '/announcements'))?.split('\n')
  expect(lines).toHaveLength(10)
  expect(lines?.[0]).toBe(`2026-01-01 08:11 deploy, 1 target, taken back: ${events[11]}`)
  expect(lines?.[9]).toBe(`2026-01-01 08:02 deploy, 1 target: ${events[2]}`)
})

test('keeps its commands for moderators', async () => {
  await using w = await herald({ hooks: { deploy } })
  expect(await ask(w, '/undo', 'dave')).toBe("/undo is for the role 'moderator'.")
  expect(await ask(w, '/announcements', 'dave')).toBe("/announcements is for the role 'moderator'.")
})

test.each([
  [
    { ...deploy, template: '{{ service' },
    /hooks\.deploy\.template must be a template; .*not closed, line:1, col:1/,
  ],
  [{ ...deploy, template: '{{ a | nope }}' }, /hooks\.deploy\.template must be a template; .*nope/],
  [{ ...deploy, to: {} }, /hooks\.deploy\.to must name at least one of groups, rooms, users/],
  [
    { ...deploy, optional: ['note'] },
    /hooks\.deploy\.optional\[0\] must be a variable of the template; it has service, version/,
  ],
  [
    { ...deploy, retractAfter: '4m' },
    /hooks\.deploy\.retractAfter must be a length of time such as 1s, up to 2m50s/,
  ],
  [{ ...deploy, auth: { type: 'bearer', token: 'short' } }, /hooks\.deploy\.auth\.token must be at least 8/],
  [{ ...deploy, teplate: '' }, /unknown key: teplate/],
])('refuses wrong settings of a hook', async (hook, problem) => {
  await expect(herald({ hooks: { deploy: hook } })).rejects.toThrow(problem)
})

test('refuses a hook by the name of the one that takes back', async () => {
  await expect(herald({ hooks: { undo: deploy } })).rejects.toThrow(/undo/)
})

test('posts a call that comes again once, unless the settings say otherwise', async () => {
  const often = { ...deploy, dedupe: 'off' }
  await using w = await herald({ hooks: { deploy, often } })
  const body = { service: 'api', version: 7 }
  const event = await accepted(w, 'deploy', body)
  const again = await call(w, 'deploy', body)
  expect(await again.json()).toEqual({ event_id: event, repeated: true })
  expect(await w.texts(square)).toEqual(['api 7 is live'])
  await accepted(w, 'often', body)
  await accepted(w, 'often', body)
  expect((await w.texts(square)).length).toBe(3)
})
