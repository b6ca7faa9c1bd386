import { BlockList, isIP, isIPv4 } from 'node:net'
import { z } from 'zod'

const IPV4_BITS = 32
const IPV6_BITS = 128

interface Range {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  readonly bits: number
}

/** An address, or, with a length behind a `/`, all that begin like it. */
export const IpRange = z
  .string('must be a string')
  .refine(
    text => rangeOf(text) !== undefined,
    'must be an IP address, or several as in 10.0.0.0/8 or 2001:db8::/32; names of hosts are not looked up',
  )

/** @param ranges  each an {@link IpRange} */
export function ipRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const text of ranges) {
    const range = rangeOf(text)
    if (range) list.addSubnet(range.address, range.bits, range.family)
  }
  return address => {
    const plain = plainAddress(address)
    return plain !== undefined && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6')
  }
}

/** An address as it is compared: without the zone of an interface, and as IPv4 where it is such a one in IPv6. */
export function plainAddress(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const plain = address.replace(/%.*$/s, '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(plain) === 0 ? undefined : plain
}

function rangeOf(text: string): Range | undefined {
  const [, address = '', length] = /^([0-9A-Fa-f.:]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const most = version === 4 ? IPV4_BITS : IPV6_BITS
  const bits = length === undefined ? most : Number(length)
  // Such a one is IPv4, and is to be written as that: its bits would be counted otherwise.
  if (bits > most || (version === 6 && /^::ffff:/i.test(address))) return undefined
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', bits }
}
