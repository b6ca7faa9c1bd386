import * as fc from 'fast-check'
import { basic } from '../../server/world.ts'
import { changed, garbled, written } from './mutations.ts'
import type { Keys, Sent } from './requests.ts'
import { junk, type Values, type Vocabulary } from './values.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const bytes = fc.oneof(
  fc.constant(PNG),
  fc.nat(PNG.length).map(length => PNG.subarray(0, length)),
  fc.constantFrom('GIF89a', 'BM', '\u00ff\u00d8\u00ff', '', 'RIFF').map(text => Buffer.from(text, 'latin1')),
  fc
    .tuple(fc.constantFrom('GIF89a', 'BM', '\u00ff\u00d8\u00ff'), fc.uint8Array({ maxLength: 60 }))
    .map(([head, rest]) => Buffer.concat([Buffer.from(head, 'latin1'), rest])),
  fc.uint8Array({ maxLength: 100 }).map(array => Buffer.from(array)),
)
const disposition = fc.constantFrom(
  'form-data; name="filename"; filename="a.png"',
  'form-data; name="image"; filename="C:\\dir\\a.png"',
  'form-data; name=filename; filename=',
  'form-data; name="filename"',
  'form-data; name="filename"; filename*=UTF-8\'\'%e7%be%a4%zz',
  'form-data; filename="\u0000"',
  'attachment',
  '',
  `form-data; name="f"; filename="${'x'.repeat(3000)}"`,
)
const boundary = fc.constantFrom('x', '========7d4a6d158c9', '-', 'a'.repeat(70), "'()+_,-./:=?")

const part = fc
  .record({ disposition, type: fc.constantFrom('', 'Content-Type: image/png', 'Content-Type:'), bytes })
  .map(({ disposition, type, bytes }) => {
    const head = `Content-Disposition: ${disposition}\r\n${type === '' ? '' : `${type}\r\n`}\r\n`
    return Buffer.concat([Buffer.from(head, 'latin1'), bytes])
  })

/** A form, in order or broken in one way or another. */
const form = fc
  .record({
    boundary,
    said: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, boundary),
    parts: fc.oneof(fc.array(part, { minLength: 1, maxLength: 2 }), fc.array(part, { maxLength: 60 })),
    end: fc.constantFrom('--\r\n', '--\r\n', '--', '', '\r\n', '\r\n\r\n--'),
    cutAt: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, fc.nat()),
    newline: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n'),
  })
  .map(({ boundary, said = boundary, parts, end, cutAt, newline }) => {
    const mark = Buffer.from(`--${boundary}`)
    const line = Buffer.from(newline)
    const all = Buffer.concat([...parts.flatMap(one => [mark, line, one, line]), mark, Buffer.from(end)])
    return { said, body: cutAt < 0 ? all : all.subarray(0, cutAt % (all.length + 1)) }
  })

export const anyUpload = (keys: Keys): fc.Arbitrary<Sent> =>
  fc
    .record({
      form,
      type: fc.constantFrom('image', 'file', 'voice', 'video', '', 'IMAGE'),
      quoted: fc.boolean(),
      way: fc.constantFrom('whole', 'whole', 'pieces', 'broken') as fc.Arbitrary<'whole'>,
    })
    .map(({ form: { said, body }, type, quoted, way }) => ({
      method: 'POST',
      target: `/v1/resource?type=${type}`,
      headers: [
        ['authorization', basic(keys)],
        ['content-type', `multipart/form-data; boundary=${quoted ? `"${said}"` : said}`],
      ],
      body,
      way,
    }))

/** Downloads, in parts or with an address that was changed. */
export const anyDownload = (urls: readonly string[]): fc.Arbitrary<Sent> =>
  fc
    .record({
      url: fc.constantFrom(...urls),
      bend: fc.constantFrom<(url: string) => string>(
        url => url,
        url => url,
        url => url,
        url => url.replace(/expires=\d+/, 'expires=9e99'),
        url => url.replace('signature=', 'signature=A'),
        url => url.replace(/signature=.*/, 'signature='),
        url => url.replace(/signature=.*/, `signature=${'%'.repeat(3)}`),
        url => url.replace('/media/', '/media/../'),
        url => url.replace('/media/', '/media/%00'),
        url => url.split('?')[0] ?? '',
      ),
      range: fc.constantFrom(
        undefined,
        'bytes=0-0',
        'bytes=0-',
        'bytes=-1',
        'bytes=-0',
        'bytes=5-2',
        'bytes=99999999999999999999-',
        `bytes=-${'9'.repeat(400)}`,
        'bytes=0-1,2-3',
        'bytes=a-b',
        'lines=1-2',
        'bytes=',
      ),
      ifRange: fc.constantFrom(undefined, '"x"', ''),
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST'),
    })
    .map(({ url, bend, range, ifRange, method }) => ({
      method,
      target: bend(url),
      headers: [
        ...(range === undefined ? [] : [['range', range] as const]),
        ...(ifRange === undefined ? [] : [['if-range', ifRange] as const]),
      ],
      body: undefined,
    }))

const DOCUMENTS = [
  '/openapi.json',
  '/docs',
  '/docs/main.js',
  '/docs/../package.json',
  '/docs/%2e%2e/entry.js',
  '/',
]
export const anyDocument: fc.Arbitrary<Sent> = fc
  .tuple(fc.constantFrom(...DOCUMENTS), fc.constantFrom('GET', 'HEAD', 'POST'))
  .map(([target, method]) => ({ method, target, headers: [['if-none-match', '"x"']], body: undefined }))

/** The stand-ins for SDKs: the clock, users' messages, inboxes, faults and the quota. */
export function anySandbox(values: Values, words: Vocabulary): fc.Arbitrary<Sent> {
  const app = fc.constantFrom(...words.appKeys, 'nobody', '%00', '')
  const user = fc.oneof(fc.constantFrom(...words.users), fc.constantFrom('x', '%00', '%zz', ''))
  const send = (
    method: string,
    target: fc.Arbitrary<string>,
    body: fc.Arbitrary<unknown>,
  ): fc.Arbitrary<Sent> =>
    fc
      .record({
        target,
        body: fc.oneof(
          { weight: 3, arbitrary: body.map(value => Buffer.from(written(value))) },
          { weight: 2, arbitrary: changed(body).map(value => Buffer.from(written(value))) },
          { weight: 1, arbitrary: garbled(body.map(written)) },
        ),
      })
      .map(sent => ({ method, headers: [], ...sent }))
  const fetch = (method: string, target: fc.Arbitrary<string>): fc.Arbitrary<Sent> =>
    target.map(target => ({ method, target, headers: [], body: undefined }))
  const inbox = fc
    .tuple(app, user, fc.constantFrom('', '?platform=a', '?platform=w', '?platform=zz', '?platform='))
    .map(([app, user, query]) => `/sandbox/apps/${app}/users/${user}/inbox${query}`)
  const at = (suffix: string) => app.map(app => `/sandbox/apps/${app}${suffix}`)
  const advance = fc.record({ advance_ms: fc.oneof(fc.constantFrom(0, 1, 1000, 60_000, -1, 1e17), junk) })
  const message = values.of({ $ref: '#/components/schemas/OutgoingMessage' })
  const plan = fc.record(
    {
      seed: fc.oneof(fc.nat(), junk),
      rules: fc.array(
        fc.record(
          {
            fault: fc.constantFrom(
              'slow',
              'error',
              'lost',
              'cut',
              'refused',
              'rate-limited',
              'callback-duplicate',
            ),
            endpoints: fc.constantFrom<unknown>(['*'], ['users.*'], ['nothing'], []),
            delay_ms: fc.constantFrom(0, -1, 1e9),
            probability: fc.constantFrom(0, 1, 2),
          },
          { requiredKeys: ['fault'] },
        ),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: ['rules'] },
  )
  return fc.oneof(
    send('POST', fc.constant('/sandbox/clock'), advance),
    send('POST', at('/messages'), message),
    send(
      'POST',
      at('/messages'),
      fc.record({ from_id: user, target_type: fc.constant('single'), target_id: user, text: fc.string() }),
    ),
    fetch('GET', inbox),
    fetch('GET', inbox),
    fetch('DELETE', inbox),
    send('PUT', fc.constant('/sandbox/faults'), plan),
    send(
      'PUT',
      at('/rate-limit'),
      fc.record({ per_minute: fc.oneof(fc.constantFrom(1, 0, null, 1e9), junk) }),
    ),
  )
}
