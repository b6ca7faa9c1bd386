import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyWebhook } from '../../../../src/runtime/sources/webhook/verify.ts'
import { WebhookAuth, type WebhookAuthInput } from '../../../../src/runtime/sources/webhook/webhook-auth.ts'

const SECRET = "It's a Secret to Everybody"
const BODY = 'Hello, World!'
/** GitHub's documented example for this secret and body. */
const SIGNATURE = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
const hmac = { type: 'hmac-sha256', secret: SECRET } as const
const ok = { ok: true }
const NOW = { now: 0 }

/** Verifies with headers given as a plain object. */
const verify = (auth: WebhookAuthInput, headers: Record<string, string>, body: Buffer | string = BODY) =>
  verifyWebhook(auth, name => headers[name], Buffer.from(body), NOW)

const auths: readonly WebhookAuthInput[] = [
  { type: 'bearer', token: 'token-of-mine' },
  { type: 'basic', username: 'ann', password: 'pass:word' },
  { type: 'header', name: 'X-Gitlab-Token', value: 'value-of-mine' },
  hmac,
  { ...hmac, header: 'X-Sign', prefix: '', encoding: 'base64' as const },
]

describe('the schema', () => {
  test('fills in the defaults of a signature', () => {
    expect(WebhookAuth.parse(hmac)).toEqual({
      ...hmac,
      header: 'x-signature-256',
      prefix: 'sha256=',
      encoding: 'hex',
    })
  })

  test.each([
    [{ type: 'bearer', token: 'short' }, 'at least 8 characters: the address of a webhook is public'],
    [{ type: 'hmac-sha256', secret: '' }, 'at least 8 characters'],
    [{ type: 'header', name: 'not a header', value: '12345678' }, 'must be the name of an HTTP header'],
    [{ type: 'basic', username: 'a:b', password: '12345678' }, "must not contain ':'"],
    [{ type: 'hmac-sha1', secret: '12345678' }, 'type'],
    [{ type: 'none', secret: '12345678' }, 'secret'],
  ])('refuses %j', (auth, message) => {
    expect(WebhookAuth.safeParse(auth).error?.message).toContain(message)
  })
})

describe('verifyWebhook', () => {
  test('asks for nothing when there is no auth', () => {
    expect(verify({ type: 'none' }, {})).toEqual(ok)
  })

  test.each([
    ['Bearer token-of-mine', ok],
    ['bearer   token-of-mine ', ok],
    ['Bearer token-of-mind', { reason: 'mismatch' }],
    ['Bearer token-of-mine2', { reason: 'mismatch' }],
    ['Basic token-of-mine', { reason: 'missing' }],
    ['token-of-mine', { reason: 'missing' }],
    ['Bearer ', { reason: 'missing' }],
  ])('judges the bearer %j', (authorization, verdict) => {
    expect(verify({ type: 'bearer', token: 'token-of-mine' }, { authorization })).toMatchObject(verdict)
  })

  test('reads basic credentials, also with a colon or an umlaut in the password', () => {
    const auth = { type: 'basic', username: 'ann', password: 'pässe:wort' } as const
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    expect(verify(auth, basic('ann:pässe:wort'))).toEqual(ok)
    expect(verify(auth, basic('ann:pässe'))).toMatchObject({ reason: 'mismatch' })
    expect(verify(auth, { authorization: 'Basic %%%' })).toMatchObject({ reason: 'mismatch' })
  })

  test('looks for its own header whatever the case of its name', () => {
    const auth = { type: 'header', name: 'X-Gitlab-Token', value: 'value-of-mine' } as const
    expect(verify(auth, { 'x-gitlab-token': 'value-of-mine' })).toEqual(ok)
    expect(
      verifyWebhook(auth, new Headers({ 'X-GITLAB-TOKEN': 'value-of-mine' }), Buffer.from(BODY), NOW),
    ).toEqual(ok)
    expect(verify(auth, {})).toMatchObject({ reason: 'missing' })
  })

  test.each([
    ['x-signature-256', `sha256=${SIGNATURE}`],
    ['x-signature-256', SIGNATURE],
    ['x-hub-signature-256', `sha256=${SIGNATURE}`],
    ['x-signature-256', `sha256=${SIGNATURE.toUpperCase()}`],
  ])('accepts the signature in %s as %s', (header, value) => {
    expect(verify(hmac, { [header]: value })).toEqual(ok)
    expect(verify(hmac, { [header]: value }, Buffer.from(BODY))).toEqual(ok)
  })

  test.each(['sha256=', 'sha256=zz', SIGNATURE.slice(1), `${SIGNATURE}00`, `sha1=${SIGNATURE}`, '，'])(
    'takes %j for a mismatch',
    value => {
      expect(verify(hmac, { 'x-signature-256': value })).toMatchObject({ reason: 'mismatch' })
    },
  )

  test('looks in no other header once one is named', () => {
    const headers = { 'x-hub-signature-256': `sha256=${SIGNATURE}` }
    expect(verify({ ...hmac, header: 'x-mine' }, headers)).toMatchObject({ reason: 'missing' })
  })

  test('agrees with node:crypto on any secret, body, prefix and encoding', () => {
    const anything = {
      secret: fc.string({ minLength: 8 }),
      body: fc.uint8Array().map(bytes => Buffer.from(bytes)),
      prefix: fc.constantFrom('sha256=', '', 'v1,', 'ff'),
      encoding: fc.constantFrom('hex' as const, 'base64' as const),
      bare: fc.boolean(),
      flip: fc.nat(),
    }
    fc.assert(
      fc.property(fc.record(anything), ({ secret, body, prefix, encoding, bare, flip }) => {
        const auth = { type: 'hmac-sha256', secret, prefix, encoding, header: 'x-sign' } as const
        const signature = createHmac('sha256', secret).update(body).digest(encoding)
        // A bare signature may begin like the prefix; then it cannot be told apart.
        if (bare && prefix !== '' && signature.startsWith(prefix)) return
        const headers = { 'x-sign': bare ? signature : prefix + signature }
        expect(verify(auth, headers, body)).toEqual(ok)
        const other = Buffer.concat([body, Buffer.from([flip % 256])])
        expect(verify(auth, headers, other)).toMatchObject({ ok: false, reason: 'mismatch' })
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  test('never throws, never lets garbage in, never tells a secret', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map(text => `Bearer ${text}`),
      fc.string({ unit: 'binary' }).map(text => `Basic ${text}`),
      fc.string().map(text => `sha256=${text}`),
    )
    fc.assert(
      fc.property(fc.constantFrom(...auths), fc.option(garbage), (auth, value) => {
        const verdict = verifyWebhook(auth, () => value ?? undefined, Buffer.from(BODY), NOW)
        expect(verdict.ok).toBe(false)
        const told = JSON.stringify(verdict)
        for (const hidden of ['token-of-mine', 'value-of-mine', 'pass:word', SECRET, SIGNATURE])
          expect(told).not.toContain(hidden)
      }),
      { seed: 12, numRuns: 2_000 },
    )
  })

  test('says which header it expects', () => {
    const messages = auths.map(auth => {
      const verdict = verify(auth, {})
      return verdict.ok ? '' : verdict.message
    })
    expect(messages[0]).toContain("'authorization' with 'Bearer <token>'")
    expect(messages[2]).toContain("'X-Gitlab-Token'")
    expect(messages[3]).toContain("'x-signature-256' (or 'x-hub-signature-256') with 'sha256='")
    expect(messages[4]).toContain("'X-Sign'")
  })
})
