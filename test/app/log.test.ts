import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownSecrets, secretHider, secretsOf } from '../../src/app/hide-secrets.ts'
import { createLog } from '../../src/app/log.ts'
import { AppError } from '../../src/base/errors.ts'

const SECRET = 'S3cr3tOfTheHouse0123456'

/** What was written by one line of the log. */
async function written(
  fields: object,
  message = 'something',
  known: readonly string[] = [],
): Promise<string> {
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  const log = await createLog({ level: 'debug', format: 'json' }, known, to)
  log.info(fields, message)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 30 })
  return lines[0]!
}

const basic = `Basic ${btoa(`user:${SECRET}`)}`

const leaks: Record<string, object> = {
  'a field': { masterSecret: SECRET },
  'a field far down': { a: { b: { c: [{ d: { new_password: SECRET } }] } } },
  'a secret that is an object': { auth: { user: 'u', pass: SECRET } },
  'a list of secrets': { tokens: [SECRET, SECRET] },
  'a number': { password: Number.parseInt('987654321987', 10) },
  headers: { headers: { Authorization: basic, 'X-Api-Key': SECRET, 'set-cookie': [`sid=${SECRET}`] } },
  'headers in a list': { rawHeaders: ['host', 'x', 'X-Auth-Token', SECRET] },
  'the message of an error': { err: new Error(`refused: authorization: ${basic}`) },
  'the cause of an error': {
    err: new Error('x', { cause: new Error(`no GET https://u:${SECRET}@host/`) }),
  },
  'the cause of a cause': {
    err: new AppError('x', { code: 'x', cause: new Error('y', { cause: new Error(`password=${SECRET}`) }) }),
  },
  'one of many errors': { err: new AggregateError([new Error(`token: ${SECRET}`)], 'all failed') },
  'what an error carries': {
    err: Object.assign(new Error('x'), { config: { headers: { authorization: basic } } }),
  },
  'an error that is not called err': {
    reason: new Error(`Bearer ${SECRET}`),
    deep: { failure: { password: SECRET } },
  },
  'an address with a password': { url: `https://user:${SECRET}@example.com/x` },
  'an address with a token': { url: `https://example.com/hook?x=1&access_token=${SECRET}#there` },
  'an address with a signature': { url: `/hook?sign=${SECRET}` },
  'JSON in a text': { body: JSON.stringify({ password: SECRET, other: 1 }) },
  'JSON in JSON in a text': { body: JSON.stringify({ body: JSON.stringify({ secret: SECRET }) }) },
  'a line of a header': {
    request: `POST / HTTP/1.1\r\nAuthorization: Digest username="u", response="${SECRET}"`,
  },
  'a setting in a text': { command: `JMESSAGE_MASTER_SECRET=${SECRET} node x` },
}

test.each(Object.entries(leaks))('%s does not leak a secret', async (_, fields) => {
  const line = await written(fields)
  expect(line).not.toContain(SECRET)
  expect(line).not.toContain(btoa(`user:${SECRET}`))
  expect(line).not.toContain('987654321987')
  expect(line).toContain('[hidden]')
})

test('a secret in the message is hidden, and one in the fields of a child', async () => {
  expect(await written({}, `called with ${basic}`)).not.toContain(basic)
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  const log = await createLog({ level: 'info', format: 'json' }, [], to)
  log.child({ token: SECRET }).info({}, 'x')
  expect(lines.join()).not.toContain(SECRET)
})

test('the secrets of the configuration are hidden wherever they turn up', async () => {
  const main = { jmessage: { appKey: 'beadle00e2e0app000000001', masterSecret: SECRET } }
  const bots = [{ plugins: [{ config: { hooks: { deploy: { token: 'deploy-token-1' } } } }] }]
  const known = secretsOf({ main, ...{ bots } })
  const pair = btoa(`${main.jmessage.appKey}:${SECRET}`)
  const line = await written({ odd: `x${SECRET}y deploy-token-1 ${pair}` }, 'x', known)
  expect(JSON.parse(line).odd).toBe('x[hidden]y [hidden] [hidden]')
})

test('so are those of all apps', async () => {
  const keys = (name: string) => ({ appKey: `key${name}`, masterSecret: `secret of ${name}` })
  const known = secretsOf({ main: { jmessage: keys('main'), apps: { shop: keys('shop') } } })
  const pair = btoa('keyshop:secret of shop')
  const line = await written({ odd: `secret of shop ${pair} secret of main` }, 'x', known)
  expect(JSON.parse(line).odd).toBe('[hidden] [hidden] [hidden]')
})

test('what is no secret is left as it is', async () => {
  const fields = {
    event: '01JD00000000000000000000AB',
    text: 'Basic information about the bearer',
    url: 'https://example.com/a@b?page=2',
    hasToken: true,
    password: null,
    failure: { type: 'AppError', message: 'the handler took longer than 30000 ms' },
  }
  expect(JSON.parse(await written(fields))).toMatchObject(fields)
})

test('a line in which nothing looks like a secret is the very same', () => {
  const line = '{"level":30,"event":"01JD00000000000000000000AB","msg":"all is well"}\n'
  expect(secretHider(new KnownSecrets([SECRET]))(line)).toBe(line)
})

test('wherever in a structure a secret stands, by its name or by its looks, it does not get out', async () => {
  const holder = fc.oneof(
    fc
      .constantFrom('password', 'masterSecret', 'access_token', 'Authorization', 'apiKey', 'x-secret')
      .map(name => ({ [name]: SECRET })),
    fc.constantFrom(
      basic,
      `Bearer ${SECRET}`,
      `a://b:${SECRET}@c`,
      `?token=${SECRET}`,
      `password="${SECRET}"`,
    ),
  )
  const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      holder,
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.string(), tie('tree'), { minKeys: 1, maxKeys: 3 }),
      fc.string().map(text => `${text} ${basic}`),
    ),
  }))
  const hide = secretHider()
  fc.assert(
    fc.property(tree, value => {
      const hidden = hide(`${JSON.stringify({ value })}\n`)
      expect(hidden).not.toContain(SECRET)
      expect(hidden).not.toContain(basic)
      JSON.parse(hidden)
    }),
  )
})

test('whatever a line is, it stays a line of JSON', () => {
  const hide = secretHider(new KnownSecrets([SECRET]))
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      const hidden = hide(`${JSON.stringify({ value, token: text, text: `secret=${text}` })}\n`)
      expect(hidden.endsWith('\n')).toBe(true)
      JSON.parse(hidden)
    }),
  )
})

test('a secret that JSON writes in another way is hidden, too', async () => {
  const line = await written({ reason: 'refused: ab"cd\\ef1234' }, 'x', ['ab"cd\\ef1234'])
  expect(line).not.toContain('ef1234')
})

test('the value of a header that a webhook asks for is a secret', () => {
  const main = { jmessage: { appKey: 'a', masterSecret: 'm' } }
  const auth = { type: 'header', name: 'x-secret', value: 'known-to-few' }
  expect(secretsOf({ main, bots: [{ hooks: { one: { auth } } }] } as never)).toContain('known-to-few')
})

test('whoever logs does not fail because the log cannot be written', async () => {
  const full = {
    write() {
      throw new Error('ENOSPC')
    },
  }
  const log = await createLog({ level: 'debug', format: 'json' }, [], full)
  expect(() => log.error({}, 'nobody hears it')).not.toThrow()
})
