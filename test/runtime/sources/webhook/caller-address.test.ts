import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callerAddress } from '../../../../src/runtime/sources/webhook/caller-address.ts'
import { IpRange, ipRanges } from '../../../../src/runtime/sources/webhook/ip-ranges.ts'
import { verifyWebhook } from '../../../../src/runtime/sources/webhook/verify.ts'

const PROXIES = ipRanges(['10.0.0.0/8', '::1', 'fd00::/8'])
const caller = (peer: string | undefined, headers: Record<string, string> = {}) =>
  callerAddress(peer, name => headers[name], PROXIES)

describe('a list of addresses', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::1', '::1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', 'localhost', false],
  ])('with %s has %s: %s', (range, address, has) => {
    expect(ipRanges([range])(address)).toBe(has)
  })

  test('has exactly those whose first bits are the same', () => {
    const address = fc.nat({ max: 0xffff_ffff })
    const text = (of: number) => [24, 16, 8, 0].map(by => (of >>> by) & 255).join('.')
    fc.assert(
      fc.property(address, address, fc.nat({ max: 32 }), fc.nat({ max: 32 }), (one, noise, bits, same) => {
        const other = same === 32 ? one : ((one >>> (32 - same)) << (32 - same)) | (noise >>> same)
        const candidate = (same === 0 ? noise : other) >>> 0
        const mask = bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0
        expect(ipRanges([`${text(one)}/${bits}`])(text(candidate))).toBe(
          (one & mask) >>> 0 === (candidate & mask) >>> 0,
        )
      }),
      { seed: 31, numRuns: 2000 },
    )
  })

  test.each([
    '',
    'example.com',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '::ffff:10.0.0.1',
    '10.0.0.0/8/8',
  ])('cannot hold %j', text => expect(IpRange.safeParse(text).success).toBe(false))
})

describe('the address of a caller', () => {
  test.each<[string, string | undefined, string | undefined, Record<string, string>]>([
    ['is that of the connection', '203.0.113.9', '203.0.113.9', {}],
    ['is IPv4 also where the socket says it in IPv6', '203.0.113.9', '::ffff:203.0.113.9', {}],
    ['is not what a stranger says', '203.0.113.9', '203.0.113.9', { 'x-forwarded-for': '10.9.9.9' }],
    ['is what a proxy says', '198.51.100.1', '10.0.0.1', { 'x-forwarded-for': '198.51.100.1' }],
    [
      'is the last that is no proxy',
      '198.51.100.1',
      '10.0.0.1',
      { 'x-forwarded-for': '10.6.6.6, 198.51.100.1, 10.0.0.2' },
    ],
    ['may come with a port', '198.51.100.1', '::1', { 'x-forwarded-for': '198.51.100.1:4711' }],
    [
      'may be IPv6',
      '2001:db8::1',
      '::1',
      { forwarded: 'for=192.0.2.43, for="[2001:db8::1]:4711";proto=https' },
    ],
    ['is not known where the proxy hides it', undefined, '::1', { forwarded: 'for=192.0.2.43, for=_hidden' }],
    ['is not known where it is no address', undefined, '::1', { 'x-forwarded-for': 'unknown' }],
    [
      'is that of the first proxy where all are',
      '10.0.0.3',
      '10.0.0.1',
      { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' },
    ],
    ['is that of the proxy where it says nothing', '10.0.0.1', '10.0.0.1', {}],
    [
      'is not known where two headers differ',
      undefined,
      '10.0.0.1',
      { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=10.1.1.1' },
    ],
    [
      'is what two headers agree on',
      '198.51.100.1',
      '10.0.0.1',
      { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1' },
    ],
    ['is not known without a connection', undefined, undefined, { 'x-forwarded-for': '10.9.9.9' }],
    [
      'is not looked for in a chain without end',
      undefined,
      '10.0.0.1',
      { 'x-forwarded-for': '1.1.1.1,'.repeat(400) },
    ],
  ])('%s', (_, expected, peer, headers) => {
    expect(caller(peer, headers)).toBe(expected)
  })

  test('is never one that stands before the last hop that no proxy wrote', () => {
    const hop = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('unknown'), fc.string())
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 10 }), fc.ipV4(), (forged, real) => {
        fc.pre(!PROXIES(real))
        const chain = [...forged.map(text => text.replaceAll(',', '')), real, '10.0.0.7'].join(', ')
        expect(caller('10.0.0.1', { 'x-forwarded-for': chain })).toBe(real)
      }),
      { seed: 32, numRuns: 1000 },
    )
  })
})

describe('an allow-list', () => {
  const verify = (auth: Parameters<typeof verifyWebhook>[0], from: string | undefined, headers = {}) =>
    verifyWebhook(auth, new Headers(headers), Buffer.from(''), { now: 0, from: () => from })

  test('stands alone, or beside any kind, which is asked for all the same', () => {
    const ips = ['10.0.0.0/8', '::1']
    expect(verify({ ips }, '10.1.1.1')).toEqual({ ok: true })
    expect(verify({ type: 'none', ips }, '::1')).toEqual({ ok: true })
    expect(verify({ ips }, '11.1.1.1')).toEqual({
      ok: false,
      reason: 'address',
      message: 'This webhook may not be called from 11.1.1.1.',
    })
    const both = { type: 'bearer', token: 'a secret of mine', ips } as const
    expect(verify(both, '10.1.1.1')).toMatchObject({ reason: 'missing' })
    expect(verify(both, '11.1.1.1', { authorization: 'Bearer a secret of mine' })).toMatchObject({
      reason: 'address',
    })
    expect(verify(both, '10.1.1.1', { authorization: 'Bearer a secret of mine' })).toEqual({ ok: true })
  })

  test('lets nobody in whose address is not known', () => {
    const verdict = verify({ ips: ['0.0.0.0/0', '::/0'] }, undefined)
    expect(verdict).toMatchObject({ reason: 'address', message: expect.stringContaining('trustProxies') })
  })
})
