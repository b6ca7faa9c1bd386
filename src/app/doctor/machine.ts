import { type Check, failure, ok, warning } from './finding.ts'

/** The oldest Node that it runs on. */
const OLDEST = [20, 19] as const
/** A Node without ICU knows one or two. */
const LEAST_ZONES = 300

/** Node, and the zones that it knows. */
export const machine: Check = {
  name: 'machine',
  look() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
    const zones = Intl.supportedValuesOf('timeZone').length
    return [
      isOld
        ? failure(`Node ${process.versions.node} is too old`, `Install ${OLDEST.join('.')} or newer.`)
        : ok(`Node ${process.versions.node}`),
      zones < LEAST_ZONES
        ? warning(`this Node knows ${zones} time zones only`, 'Install one with full ICU.')
        : ok(`${zones} time zones, as of ${process.versions.tz ?? 'an unknown release'}`),
    ]
  },
}
