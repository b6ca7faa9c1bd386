import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { type AppFigures, Figures } from '../../src/app/figures.ts'
import { addHealth, type HealthOptions } from '../../src/app/health.ts'
import { isPrivate } from '../../src/app/who-may-look.ts'
import { runtimeStore } from '../engine.ts'

const AT = Date.UTC(2026, 0, 1)

const app = (more: Partial<AppFigures> = {}): AppFigures => ({
  ...{ name: 'main', depths: { reply: 0, notice: 0, bulk: 0 }, quota: undefined, outageSince: undefined },
  ...more,
})
const away = { apps: [app({ outageSince: AT })] }

const well = {
  waiting: 3,
  mostWaiting: 100,
  plugins: [],
  apps: [app()],
  store: { ok: true },
  database: undefined,
  configuration: { state: { hash: 'abc', loadedAt: AT }, refusal: undefined, restart: [] },
  dead: async () => ({ deliveries: 0, failed: 0, unsure: 0 }),
}

/** What `/readyz` is asked, and answers when things are well but for these. */
async function ask(path: string, figures: object = {}, more: Partial<HealthOptions> = {}) {
  const http = new Hono()
  addHealth(http, {
    figures: { ...well, ...figures } as unknown as Figures,
    isOpen: () => true,
    loop: { p99Ms: 1 },
    metrics: { read: async () => ({ text: '', type: '' }) },
    audience: 'private',
    ...more,
  })
  return http.request(path)
}

async function readyz(figures: object = {}, more: Partial<HealthOptions> = {}) {
  const response = await ask('/readyz', figures, more)
  const { checks, warnings, ...body } = (await response.json()) as {
    checks: Record<string, string>
    warnings: string[]
  }
  const wrong = Object.fromEntries(Object.entries(checks).filter(([, state]) => state !== 'ok'))
  return { code: response.status, wrong, warnings, ...body }
}

test('all is well', async () => {
  const configuration = { hash: 'abc', loadedAt: '2026-01-01T00:00:00.000Z' }
  const rest = { wrong: {}, warnings: [], waiting: 3, configuration }
  expect(await readyz()).toEqual({ code: 200, status: 'ready', ...rest })
})

test('what keeps it from its work makes it not ready, and is told with what to do', async () => {
  const store = { ok: false, code: 'store.full', message: 'The disk is full', hint: 'Make room.', since: AT }
  expect(await readyz({ store, ...away, waiting: 100 }, { isOpen: () => false })).toMatchObject({
    code: 503,
    status: 'not ready',
    wrong: {
      open: 'starting or stopping',
      database: 'The disk is full, since 2026-01-01T00:00:00.000Z. Make room.',
      jmessage: 'unreachable since 2026-01-01T00:00:00.000Z',
      queue: expect.stringContaining('limits.pending'),
    },
  })
  const dead = async () => Promise.reject(new Error('disk I/O error'))
  expect(await readyz({ dead })).toMatchObject({
    code: 503,
    wrong: { database: 'does not answer: disk I/O error' },
  })
})

test('a check that is excluded is told, and does not count', async () => {
  const code = async (path: string, figures: object) => (await ask(path, figures)).status
  expect(await code('/readyz?exclude=jmessage', away)).toBe(200)
  expect(await code('/readyz?exclude=jmessage', { ...away, waiting: 100 })).toBe(503)
  expect(await code('/readyz?exclude=jmessage&exclude=queue', { ...away, waiting: 100 })).toBe(200)
  const answer = await ask('/readyz?exclude=jmessage', away)
  expect(await answer.json()).toMatchObject({
    status: 'ready',
    checks: { jmessage: expect.stringContaining('unreachable') },
  })
})

test('a check that there is not cannot be excluded', async () => {
  const answer = await ask('/readyz?exclude=jmesage')
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({
    error: {
      code: 'health.check',
      message: "exclude: there is no check 'jmesage'; there are open, database, jmessage, queue",
    },
  })
})

test('what a person should know of is a warning, with which it stays ready', async () => {
  const resting = {
    ...{ bot: 'herald', plugin: 'announce', state: 'resting', running: 0, waiting: 7, failuresInARow: 20 },
    restsUntil: AT,
    lastErrors: [{ message: 'older' }, { message: 'no such group' }],
  }
  const answer = await readyz(
    {
      plugins: [
        resting,
        { ...resting, plugin: 'other', state: 'working' },
        {
          ...resting,
          plugin: 'dying',
          state: 'working',
          trouble: 'its thread ended once and is back; last: no',
        },
      ],
      apps: [app({ quota: { limit: 600, left: 0, resetAt: AT }, depths: { reply: 1, notice: 2, bulk: 3 } })],
      dead: async () => ({ deliveries: 1, failed: 2, unsure: 3 }),
    },
    { loop: { p99Ms: 900 } },
  )
  expect(answer).toMatchObject({ code: 200, status: 'ready', wrong: {} })
  expect(answer.warnings).toEqual([
    'plugin announce of bot herald rests until 2026-01-01T00:00:00.000Z, as it failed 20 times in a row; 7 events wait for it; last: no such group',
    'plugin dying of bot herald: its thread ended once and is back; last: no',
    'the quota of 600 calls a minute is used up until 2026-01-01T00:00:00.000Z; 6 calls wait',
    expect.stringContaining('slow to respond (900 ms)'),
    expect.stringContaining('1 events were set aside, 2 calls failed, 3 are unsure'),
  ])
})

test('of several apps one that cannot be reached is a warning, as the others have work to do', async () => {
  const other = app({ name: 'shop', quota: { limit: 600, left: 0, resetAt: undefined } })
  const one = await readyz({ apps: [app({ outageSince: AT }), other] })
  expect(one).toMatchObject({ code: 200, wrong: {} })
  expect(one.warnings).toEqual([
    'JMessage cannot be reached for app main since 2026-01-01T00:00:00.000Z',
    'the quota of app shop of 600 calls a minute is used up; 0 calls wait',
  ])
  const all = await readyz({
    apps: [app({ outageSince: AT }), app({ name: 'shop', outageSince: AT + 1000 })],
  })
  expect(all).toMatchObject({
    code: 503,
    wrong: { jmessage: 'unreachable since 2026-01-01T00:00:01.000Z' },
    warnings: [],
  })
})

test('dead letters are counted in the database', async () => {
  const store = await runtimeStore()
  onTestFinished(() => store.close())
  const delivery = {
    type: 'webhook',
    conversation: 'c',
    data: '{}',
    created_at: AT,
    attempts: 6,
    partition: 0,
  }
  const call = {
    ...{ bot: 'b', event_id: null, endpoint: 'messages.send', lane: 'l', args: '{}' },
    ...{
      priority: 'bulk' as const,
      attempts: 1,
      created_at: AT,
      updated_at: AT,
      expires_at: AT,
      partition: 0,
      app: '',
    },
  }
  await store.write(async tx => {
    for (const [index, state] of (['dead', 'dead', 'done', 'pending', 'dropped'] as const).entries()) {
      const row = { ...delivery, event_id: `e${index}`, bot: 'b', plugin: 'p', state }
      await tx.execute(store.db.insertInto('deliveries').values(row))
    }
    for (const [index, state] of (['failed', 'unsure', 'unsure', 'unsure', 'sent'] as const).entries()) {
      await tx.execute(
        store.db.insertInto('outbox').values({ ...call, key: `k${index}`, seq: `s${index}`, state }),
      )
    }
  })
  const figures = new Figures({
    runtime: {} as never,
    store,
    main: { database: ':memory:', limits: { pending: 1 } } as never,
    configuration: {} as never,
  })
  expect(await figures.dead()).toEqual({ deliveries: 2, failed: 1, unsure: 3 })
  expect(await figures.broadcasts()).toEqual([])
  expect(figures.databaseBytes()).toBeUndefined()
})

test('private are this machine and networks that no stranger is in', () => {
  const own = ['127.0.0.1', '::1', '::ffff:10.1.2.3', '192.168.1.9', '172.16.0.1', 'fd00::1', 'fe80::1%eth0']
  const others = ['203.0.113.7', '172.32.0.1', '::ffff:8.8.8.8', '2001:db8::1', '', 'nonsense']
  expect(own.filter(address => !isPrivate(address))).toEqual([])
  expect(others.filter(isPrivate)).toEqual([])
})
