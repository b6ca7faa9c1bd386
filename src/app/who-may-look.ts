import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Context } from 'hono'

/** Who is told how Beadle is: this machine and private networks, everybody, or nobody. */
export type Audience = 'private' | 'all' | 'off'

const privateNetworks = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv6')

/** Proxies put these in: whoever asks is not who it seems to be. */
const PROXIED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'cf-connecting-ip']

/** Whether the one who asks is to be told. */
export function mayLook(c: Context, audience: Audience): boolean {
  if (audience !== 'private') return audience === 'all'
  if (PROXIED.some(name => c.req.header(name) !== undefined)) return false
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } }
  // Without a socket it is this process that asks itself.
  return incoming === undefined || isPrivate(incoming.socket?.remoteAddress)
}

export function isPrivate(address = ''): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  return isIP(plain) !== 0 && privateNetworks.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}
