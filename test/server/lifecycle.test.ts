import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../../src/server/index.ts'
import { memory, place } from './place.ts'
import { APP, basic, world } from './world.ts'

test('says which port is in use and what to do', async () => {
  const w = await world()
  const port = Number(new URL(w.server.url).port)
  const start = startServer({ listen: { host: '127.0.0.1', port }, ...(await memory()), apps: [APP] })
  await expect(start).rejects.toMatchObject({
    code: 'server.listen',
    message: `port ${port} on 127.0.0.1 is in use`,
    hint: expect.stringContaining('another port'),
  })
})

test('says which PostgreSQL does not answer, without its password', async () => {
  const database = 'postgres://im:hush@127.0.0.1:1/im'
  const start = startServer({ listen: undefined, database, databaseWaitMs: 0, apps: [APP] })
  await expect(start).rejects.toMatchObject({
    code: 'store.unreachable',
    message: expect.stringMatching(/^database postgres:\/\/im@127\.0\.0\.1:1\/im: connect ECONNREFUSED/),
  })
})

test.each([
  [{ ...APP, appKey: 'short' }, 'appKey of app 1 must be 24 letters or digits'],
  [{ ...APP, masterSecret: 'hunter2' }, 'masterSecret of app 1 must be 24 letters or digits'],
  [{ ...APP, callback: 'ftp://x' }, `callback of app ${APP.appKey} must be an http or https URL`],
])('refuses the app %#', async (app, message) => {
  const start = startServer({ listen: undefined, ...(await memory()), apps: [app] })
  await expect(start).rejects.toMatchObject({ code: 'server.app', message })
})

test('refuses an app that is given twice', async () => {
  const twin = { ...APP, appKey: APP.appKey.toUpperCase() }
  const start = startServer({ listen: undefined, ...(await memory()), apps: [APP, twin] })
  await expect(start).rejects.toThrow('given twice')
})

test('finishes what runs before it closes', async () => {
  const w = await world()
  const many = Array.from({ length: 200 }, (_, i) => ({ username: `user${i}`, password: 'secret' }))
  const running = w.call('POST', '/v1/users', many)
  await new Promise(resolve => setTimeout(resolve, 50))
  await w.server.close()
  expect((await running).status).toBe(201)
  await expect(fetch(`${w.server.url}/v1/users`)).rejects.toThrow()
  await w.server.close()
})

test('keeps everything over a restart', async () => {
  const data = await place()
  const w = await world(data)
  await w.users('alice', 'bob1')
  const gid = await w.group('alice', 'bob1')
  await w.server.close()
  const again = await world(data)
  expect((await again.call('GET', `/v1/groups/${gid}/members`)).body).toHaveLength(2)
  expect(await again.group('bob1')).toBe(gid + 1)
})

test('answers without a socket too', async () => {
  const server = await startServer({ listen: undefined, ...(await memory()), apps: [APP] })
  onTestFinished(() => server.close())
  const headers = { authorization: basic(APP) }
  const body = JSON.stringify([{ username: 'alice', password: 'secret' }])
  const at = (path: string) => `http://localhost${path}`
  const created = await server.fetch(new Request(at('/v1/users'), { method: 'POST', headers, body }))
  expect([created.status, await created.json()]).toEqual([201, [{ username: 'alice' }]])
  expect((await server.fetch(new Request(at('/v1/users/alice'), { headers }))).status).toBe(200)
})

test('closes at once with a connection on which nothing was asked', async () => {
  const w = await world()
  const socket = connect(Number(new URL(w.server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  await w.call('GET', '/v1/users')
  const begun = performance.now()
  await w.server.close()
  expect(performance.now() - begun).toBeLessThan(3000)
})
