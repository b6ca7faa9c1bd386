import { z } from 'zod'
import { closest } from '../../base/closest.ts'
import { DURATION_PATTERN, formatDuration, parseDuration } from '../../base/duration.ts'
import { isPluginPackage } from '../../runtime/plugin/loading/plugin-package.ts'

/** Where a server listens. Port 0 lets the machine choose. */
export interface Address {
  /** Without the brackets of IPv6. */
  readonly host: string
  readonly port: number
}

/** Reads `127.0.0.1:7071`, `localhost:0` or `[::1]:7071`; undefined when `text` is none. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  return match && port <= 65535 ? { host: (match[1] ?? match[2])!, port } : undefined
}

/** A text that `read` makes something of; a refusal with `message` otherwise. */
const readBy = <T>(read: (text: string) => T | undefined, message: string) =>
  z.string(message).transform((text, context): T => {
    const value = read(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

export const AddressField = readBy(
  parseAddress,
  'must be HOST:PORT, such as 127.0.0.1:7071, with a port from 0 to 65535',
).meta({ pattern: '^\\s*(\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9._-]{1,253}):[0-9]{1,5}\\s*$' })

/** A length of time within bounds, in milliseconds. */
export const duration = (minMs: number, maxMs: number) =>
  readBy(
    text => {
      const ms = parseDuration(text)
      return ms !== undefined && ms >= minMs && ms <= maxMs ? ms : undefined
    },
    `must be a length of time such as 10s, from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`,
  ).meta({ pattern: DURATION_PATTERN, examples: ['500ms', '10s', '5m', '1d'] })

const HTTP_MESSAGE = 'must be an address that starts with http:// or https://'

/** An http(s) URL without slashes at its end, so that paths can be put behind it. */
export const HttpUrl = readBy(text => {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) return undefined
  const url = new URL(text)
  return url.search === '' && url.hash === '' ? url.href.replace(/\/+$/, '') : undefined
}, `${HTTP_MESSAGE}, without ? and #`).meta({ pattern: '^([Hh][Tt][Tt][Pp][Ss]?://|$)' })

/** An appKey or masterSecret: real clients refuse others. */
export const Key = z
  .string('must be 24 letters or digits')
  .regex(/^[A-Za-z0-9]{24}$/, 'must be 24 letters or digits')

const NAME_MESSAGE = 'must be 1 to 40 characters of a-z, 0-9 and -'

/** Ids of bots, names of plugins and of their instances. */
export const Name = z.string(NAME_MESSAGE).regex(/^[a-z0-9-]{1,40}$/, NAME_MESSAGE)

const USE_MESSAGE = `${NAME_MESSAGE}, or a package called beadle-plugin-… or @scope/…`

/** Which plugin an instance is of: a name, or a package. */
export const PluginName = z
  .string(USE_MESSAGE)
  .refine(name => Name.safeParse(name).success || isPluginPackage(name), USE_MESSAGE)

/** A file or folder. */
export const Path = z.string('must be a path').min(1, 'must be a path')

/** A whole number within bounds. */
export const whole = (min: number, max: number) => {
  const message = `must be an integer from ${min} to ${max}`
  return z.int(message).min(min, message).max(max, message)
}

/** An IANA time zone that this machine knows. */
export const TimeZone = z
  .string('must be an IANA time zone')
  .superRefine((name, context) => {
    if (isTimeZone(name)) return
    const guess = closest(name, Intl.supportedValuesOf('timeZone'))
    const hint = guess === undefined ? 'such as Asia/Shanghai or UTC' : `did you mean "${guess}"?`
    context.addIssue({ code: 'custom', message: 'must be an IANA time zone', params: { hint } })
  })
  .meta({ examples: ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York'] })

function isTimeZone(name: string): boolean {
  // Offsets such as +08:00 are taken by newer versions of Node only, and know no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
