import { sign as octokitSign, verify as octokitVerify } from '@octokit/webhooks-methods'
import fc from 'fast-check'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { describe, expect, test, vi } from 'vitest'
import { signWebhook } from '../../../../src/runtime/sources/webhook/sign.ts'
import { verifyWebhook } from '../../../../src/runtime/sources/webhook/verify.ts'
import { WebhookAuth, type WebhookAuthInput } from '../../../../src/runtime/sources/webhook/webhook-auth.ts'

const AT = Date.UTC(2026, 0, 1)
const SECRET = 'a secret of mine'
/** Of the examples of Standard Webhooks. */
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OTHER_WHSEC = `whsec_${Buffer.from('another key of twenty-four').toString('base64')}`

const timestamp = { header: 'X-Time' }
const kinds: readonly WebhookAuthInput[] = [
  { type: 'bearer', token: SECRET },
  { type: 'basic', username: 'ann', password: SECRET },
  { type: 'header', name: 'X-Mine', value: SECRET },
  { type: 'gitlab', token: SECRET },
  { type: 'github', secret: SECRET },
  { type: 'hmac-sha256', secret: SECRET },
  { type: 'hmac-sha256', secret: SECRET, header: 'X-Mine', prefix: '', encoding: 'base64' },
  { type: 'hmac-sha256', secret: SECRET, timestamp },
  { type: 'hmac-sha256', secret: SECRET, timestamp: { ...timestamp, signs: 'v0:timestamp:body' } },
  { type: 'standard-webhooks', secret: WHSEC },
  { type: 'stripe', secret: SECRET },
  { type: 'slack', secret: SECRET },
]
const signed = kinds.filter(({ type }) => !['bearer', 'basic', 'header', 'gitlab'].includes(type!))
const stamped = signed.filter(
  auth => auth.type !== 'github' && !(auth.type === 'hmac-sha256' && !auth.timestamp),
)

const verify = (auth: WebhookAuthInput, headers: Record<string, string>, body: Buffer | string, now = AT) =>
  verifyWebhook(auth, name => headers[name], Buffer.from(body as Buffer), { now })

const bodies = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes))

describe('every kind', () => {
  test('accepts what is signed for it, in the form in which it is written and in that in which it is read', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), bodies, (auth, body) => {
        const headers = signWebhook(auth, body, AT)
        expect(verify(auth, headers, body)).toEqual({ ok: true })
        expect(verify(WebhookAuth.parse(auth), headers, body)).toEqual({ ok: true })
        // What was read once may be read again, as when a plugin has it in its settings.
        expect(WebhookAuth.parse(WebhookAuth.parse(auth))).toEqual(WebhookAuth.parse(auth))
      }),
      { seed: 21, numRuns: 500 },
    )
  })

  test('refuses a proof in which any character is another one, or that is missing', () => {
    const where = fc.record({
      auth: fc.constantFrom(...kinds),
      body: bodies,
      which: fc.nat(),
      at: fc.nat(),
      to: fc.nat(),
    })
    fc.assert(
      fc.property(where, ({ auth, body, which, at, to }) => {
        const headers = signWebhook(auth, body, AT)
        const names = Object.keys(headers)
        const name = names[which % names.length]!
        const value = headers[name]!
        const place = at % value.length
        const other = String.fromCharCode(33 + (to % 94))
        const changed = value.slice(0, place) + other + value.slice(place + 1)
        const { [name]: _, ...without } = headers
        expect(verify(auth, without, body)).toMatchObject({ ok: false, reason: 'missing' })
        // Case is of no meaning in hex and in the word for a scheme; the rest of Basic is read as leniently as others do.
        if (changed.toLowerCase() === value.toLowerCase() || auth.type === 'basic') return
        // A prefix may be left out, and what is in its place is then a part of the signature, which it makes too long.
        expect(verify(auth, { ...headers, [name]: changed }, body).ok).toBe(false)
      }),
      { seed: 22, numRuns: 4000 },
    )
  })

  test('refuses a body in which any byte is another one', () => {
    const one = fc.record({
      auth: fc.constantFrom(...signed),
      body: fc.uint8Array({ minLength: 1, maxLength: 200 }).map(bytes => Buffer.from(bytes)),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
    })
    fc.assert(
      fc.property(one, ({ auth, body, at, by }) => {
        const headers = signWebhook(auth, body, AT)
        const other = Buffer.from(body)
        other[at % body.length]! ^= by
        expect(verify(auth, headers, other)).toMatchObject({ ok: false, reason: 'mismatch' })
      }),
      { seed: 23, numRuns: 1000 },
    )
  })

  test('never throws and lets nothing in, whatever the headers hold, and tells no secret', () => {
    const names = fc.constantFrom(...kinds.flatMap(auth => Object.keys(signWebhook(auth, '', AT))))
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^(v1,|v0=|sha256=|t=\d+,v1=|Bearer )[0-9a-f]{0,64}$/),
      fc.bigInt().map(String),
    )
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.dictionary(names, values), bodies, (auth, headers, body) => {
        const verdict = verify(auth, headers, body)
        expect(verdict.ok).toBe(false)
        expect(JSON.stringify(verdict)).not.toContain(SECRET)
        expect(JSON.stringify(verdict)).not.toContain(WHSEC)
      }),
      { seed: 24, numRuns: 2000 },
    )
  })

  test.each<[string, WebhookAuthInput, WebhookAuthInput, WebhookAuthInput]>([
    [
      'bearer',
      { type: 'bearer', token: ['new secret', SECRET] },
      { type: 'bearer', token: SECRET },
      { type: 'bearer', token: 'a third one' },
    ],
    [
      'gitlab',
      { type: 'gitlab', token: ['new secret', SECRET] },
      { type: 'gitlab', token: SECRET },
      { type: 'gitlab', token: 'a third one' },
    ],
    [
      'github',
      { type: 'github', secret: ['new secret', SECRET] },
      { type: 'github', secret: SECRET },
      { type: 'github', secret: 'a third one' },
    ],
    [
      'hmac',
      { type: 'hmac-sha256', secret: ['new secret', SECRET] },
      { type: 'hmac-sha256', secret: SECRET },
      { type: 'hmac-sha256', secret: 'a third one' },
    ],
    [
      'standard',
      { type: 'standard-webhooks', secret: [OTHER_WHSEC, WHSEC] },
      { type: 'standard-webhooks', secret: WHSEC },
      { type: 'standard-webhooks', secret: `whsec_${'A'.repeat(32)}` },
    ],
  ])('%s takes each of several secrets, and signs with the first', (_, both, old, other) => {
    expect(verify(both, signWebhook(old, '{}', AT), '{}').ok).toBe(true)
    expect(verify(both, signWebhook(both, '{}', AT), '{}').ok).toBe(true)
    expect(verify(both, signWebhook(other, '{}', AT), '{}')).toMatchObject({ reason: 'mismatch' })
  })
})

describe('the time of a call', () => {
  test.each(stamped.map(auth => [JSON.stringify(auth), auth] as const))(
    '%s holds for five minutes, either way',
    (_, auth) => {
      const headers = signWebhook(auth, '{}', AT)
      expect(verify(auth, headers, '{}', AT + 300_000).ok).toBe(true)
      expect(verify(auth, headers, '{}', AT - 300_000).ok).toBe(true)
      expect(verify(auth, headers, '{}', AT + 420_000)).toEqual({
        ok: false,
        reason: 'stale',
        message:
          'The call was signed 7m ago; at most 5m are allowed. Sign it anew each time that it is sent.',
      })
      expect(verify(auth, headers, '{}', AT - 330_000)).toMatchObject({
        reason: 'stale',
        message:
          'The call was signed 5m30s in the future; at most 5m are allowed. Is the clock of the sender right?',
      })
    },
  )

  test('may be in ms where the sender signs its own header, and the tolerance another one', () => {
    const auth: WebhookAuthInput = {
      type: 'hmac-sha256',
      secret: SECRET,
      timestamp: { ...timestamp, tolerance: '30s' },
    }
    const headers = signWebhook(auth, '{}', AT)
    expect(verify(auth, headers, '{}', AT + 31_000)).toMatchObject({ reason: 'stale' })
    const inMs = { ...auth, timestamp: undefined } as WebhookAuthInput
    const signature = signWebhook(inMs, `${AT}.{}`, AT)
    expect(verify(auth, { ...signature, 'x-time': String(AT) }, '{}', AT + 29_000).ok).toBe(true)
    expect(verify(auth, { ...signature, 'x-time': String(AT + 1) }, '{}').ok).toBe(false)
  })

  test('is judged for those only who have the secret', () => {
    const auth: WebhookAuthInput = { type: 'stripe', secret: SECRET }
    const old = signWebhook({ type: 'stripe', secret: 'another secret' }, '{}', AT - 3_600_000)
    expect(verify(auth, old, '{}')).toMatchObject({ reason: 'mismatch' })
  })
})

describe('other people’s libraries', () => {
  test('standardwebhooks agrees, on what it signs and on what we sign', () => {
    vi.useFakeTimers({ now: AT, toFake: ['Date'] })
    try {
      const oracle = new StandardWebhook(WHSEC)
      const auth: WebhookAuthInput = { type: 'standard-webhooks', secret: WHSEC }
      const one = fc.record({
        id: fc.stringMatching(/^[A-Za-z0-9_]{1,30}$/),
        body: fc.json(),
        ageMs: fc.integer({ min: -900_000, max: 900_000 }),
        more: fc.constantFrom('', 'v1a,abc ', `v1,${'A'.repeat(43)}= `),
        prefix: fc.constantFrom('webhook', 'svix'),
      })
      fc.assert(
        fc.property(one, ({ id, body, ageMs, more, prefix }) => {
          const at = new Date(AT - ageMs)
          const signature = more + oracle.sign(id, at, body)
          const stamp = String(Math.floor(at.getTime() / 1000))
          const headers = {
            [`${prefix}-id`]: id,
            [`${prefix}-timestamp`]: stamp,
            [`${prefix}-signature`]: signature,
          }
          const names = { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signature }
          const isRight = () => {
            try {
              oracle.verify(body, names)
              return true
            } catch {
              return false
            }
          }
          // It counts whole seconds.
          if (Math.abs(Math.abs(ageMs) - 300_000) > 1000)
            expect(verify(auth, headers, body).ok).toBe(isRight())
          const ours = signWebhook(auth, body, AT)
          expect(() => oracle.verify(body, ours)).not.toThrow()
        }),
        { seed: 25, numRuns: 500 },
      )
    } finally {
      vi.useRealTimers()
    }
  })

  test('@octokit/webhooks-methods agrees', async () => {
    const auth: WebhookAuthInput = { type: 'github', secret: SECRET }
    await fc.assert(
      fc.asyncProperty(fc.json(), async body => {
        const ours = signWebhook(auth, body, AT)['x-hub-signature-256']!
        expect(await octokitSign(SECRET, body)).toBe(ours)
        expect(await octokitVerify(SECRET, body, ours)).toBe(true)
        expect(verify(auth, { 'x-hub-signature-256': ours }, body).ok).toBe(true)
      }),
      { seed: 26, numRuns: 200 },
    )
    expect(
      verify(auth, { 'x-signature-256': signWebhook(auth, '{}', AT)['x-hub-signature-256']! }, '{}').ok,
    ).toBe(false)
  })

  test('what Slack gives as an example is right', () => {
    const slack = '8f742231b10e8888abcd99yyyzzz85a5'
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    }
    expect(verify({ type: 'slack', secret: slack }, headers, body, 1_531_420_618_000)).toEqual({ ok: true })
  })
})

describe('the schema', () => {
  test.each<[object, string]>([
    [{ type: 'standard-webhooks', secret: 'whsec_short' }, 'must be whsec_ and at least 16 bytes in base64'],
    [{ type: 'standard-webhooks', secret: 'whsec_not base64 at all, you see' }, 'must be whsec_'],
    [{ type: 'github', secret: [] }, 'must have at least one'],
    [{ type: 'github', secret: ['12345678', 'short'] }, 'at least 8 characters'],
    [{ type: 'github', secret: 12345678 }, 'a list of strings: each of them is accepted'],
    [{ type: 'stripe', secret: '12345678', tolerance: '2h' }, 'from 1s to 1h'],
    [
      { type: 'hmac-sha256', secret: '12345678', timestamp: { header: 'x', signs: 'body' } },
      "must have the words 'timestamp'",
    ],
    [{ type: 'none', ips: ['10.0.0.0/33'] }, 'must be an IP address'],
    [{ ips: [] }, 'must have at least one address'],
    [{}, 'must be one of none, bearer, basic'],
    [{ token: '12345678' }, 'needs a type, one of none, bearer, basic'],
  ])('refuses %j', (auth, message) => {
    expect(WebhookAuth.safeParse(auth).error?.message).toContain(message)
  })
})
