import { isIP } from 'node:net'
import { plainAddress } from './ip-ranges.ts'

/** A chain of proxies that is longer is not looked at. */
const MOST_HOPS = 50
const LONGEST_CHAIN = 4000

/**
 * Finds out where a call comes from. What proxies say counts only where the connection comes from one that is trusted:
 * the last address that none of them has is that of the caller, as all before it may be made up.
 *
 * @param peer  at the other end of the connection
 * @param isTrusted  whether an address is that of a proxy that tells the truth
 * @returns undefined when it is not known: a proxy does not say it, or two headers say different things
 */
export function callerAddress(
  peer: string | undefined,
  header: (name: string) => string | undefined,
  isTrusted: (address: string) => boolean,
): string | undefined {
  const address = plainAddress(peer)
  if (address === undefined || !isTrusted(address)) return address
  const forwarded = header('forwarded')
  const listed = header('x-forwarded-for')
  if (forwarded === undefined && listed === undefined) return address
  const [one, other] = [forwarded && hopsOf(forwarded, ofForwarded), listed && hopsOf(listed, item => item)]
  if (!one || !other) return lastUntrusted(one || other || [], isTrusted)
  // A proxy writes one of them, and may pass on what a caller wrote into the other.
  const [from, too] = [lastUntrusted(one, isTrusted), lastUntrusted(other, isTrusted)]
  return from === too ? from : undefined
}

type Hops = readonly (string | undefined)[]

function lastUntrusted(hops: Hops, isTrusted: (address: string) => boolean): string | undefined {
  for (let at = hops.length - 1; at >= 0; at--) {
    const hop = hops[at]
    if (hop === undefined || !isTrusted(hop)) return hop
  }
  return hops[0]
}

function hopsOf(text: string, addressIn: (item: string) => string | undefined): Hops {
  if (text.length > LONGEST_CHAIN) return []
  const items = text.split(',')
  return items.length > MOST_HOPS ? [] : items.map(item => plainAddress(withoutPort(addressIn(item.trim()))))
}

/** What an element of `Forwarded` says of whom it was received from: `for="[2001:db8::1]:4711";proto=https`. */
const ofForwarded = (element: string): string | undefined =>
  /(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(element)?.slice(1).find(Boolean)

function withoutPort(text: string | undefined): string | undefined {
  if (text === undefined || isIP(text) !== 0) return text
  const [, six, four] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? []
  return six ?? four
}
