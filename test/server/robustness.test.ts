import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../../src/server/index.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { memory } from './place.ts'
import { APP, basic } from './world.ts'

/** Any text, now and then with half of a character in it. */
const anyText = fc.string({
  unit: fc.oneof(
    { weight: 30, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom('\ud800', '\udfff', '\0') },
  ),
  minLength: 1,
  maxLength: 60,
})

test('gives back every text as it came, or refuses it', async () => {
  const server = await startServer({ listen: undefined, ...(await memory()), apps: [APP], rateLimit: 'off' })
  onTestFinished(() => server.close())
  const headers = { authorization: basic(APP) }
  const at = 'http://localhost/v1/users'
  await server.fetch(
    new Request(at, { method: 'POST', headers, body: '[{"username":"alice","password":"secret"}]' }),
  )
  await fc.assert(
    fc.asyncProperty(anyText, async signature => {
      const put = async (fields: object) => {
        const body = JSON.stringify(fields)
        return (await server.fetch(new Request(`${at}/alice`, { method: 'PUT', headers, body }))).status
      }
      const isRefused = /\0|\p{Surrogate}/u.test(signature)
      expect(await put({ signature })).toBe(isRefused ? 400 : 204)
      // Kept as JSON, which holds all of them.
      expect(await put({ extras: { k: signature } })).toBe(204)
      const shown = (await (await server.fetch(new Request(`${at}/alice`, { headers }))).json()) as {
        signature: string
        extras: { k: string }
      }
      expect(shown.extras.k).toBe(signature)
      if (!isRefused) expect(shown.signature).toBe(signature)
    }),
    { numRuns: 200 },
  )
})

test('refuses bodies that are made to trip it up', async () => {
  const failures: LogLine[] = []
  const server = await startServer({
    listen: undefined,
    ...(await memory()),
    apps: [APP],
    log: capturedLog(failures),
  })
  onTestFinished(() => server.close())
  const send = async (method: string, path: string, body: string) =>
    (
      await server.fetch(
        new Request(`http://localhost${path}`, { method, headers: { authorization: basic(APP) }, body }),
      )
    ).status
  const nested = `${'{"x":'.repeat(50_000)}1${'}'.repeat(50_000)}`
  const message = {
    version: 1,
    target_type: 'single',
    target_id: 'admin1',
    from_type: 'admin',
    from_id: 'admin1',
  }
  const withBody = (msg_body: string) =>
    JSON.stringify({ ...message, msg_type: 'custom', msg_body: 0 }).replace(
      '"msg_body":0',
      `"msg_body":${msg_body}`,
    )
  expect(await send('POST', '/v1/admins', '{"username":"admin1","password":"secret"}')).toBe(201)
  expect(await send('PUT', '/v1/users/admin1', `{"extras":${nested}}`)).toBe(400)
  expect(
    await send('POST', '/v1/users', `[{"username":"alice","password":"secret","extras":${nested}}]`),
  ).toBe(400)
  expect(await send('POST', '/v1/messages', withBody(nested))).toBe(400)
  expect(await send('POST', '/v1/messages', withBody('{"x":[[[]]]}'))).toBe(201)
  const length = '{"length":{"toString":1}}'
  expect(await send('PUT', '/v1/users/admin1', `{"extras":${length}}`)).toBe(204)
  expect(await send('DELETE', '/v1/users', length)).toBe(400)
  expect(await send('POST', '/v1/groups', `{"name":"g","owner_username":${length}}`)).toBe(400)
  expect(failures).toEqual([])
})
