import { isDeepStrictEqual } from 'node:util'
import type { MainFile } from '../config/index.ts'

/** Fields of these are told of one by one. */
const SECTIONS = ['jmessage', 'server', 'log', 'limits', 'keep', 'watchdog', 'telemetry'] as const
/** Where bots and plugins are, and the limits of plugins: they are in what is applied. */
const APPLIED: ReadonlySet<string> = new Set([
  ...['bots', 'plugins'],
  ...['handler', 'attempts', 'concurrency', 'queue', 'failures', 'pause'].map(name => `limits.${name}`),
])

/** Fields of config.yaml that are read at the start only, and have other values now: `listen`, `keep.age`. */
export function restartFields(atStart: MainFile, now: MainFile): string[] {
  const before = fieldsOf(atStart)
  const after = fieldsOf(now)
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter(name => !APPLIED.has(name) && !isDeepStrictEqual(before[name], after[name]))
}

function fieldsOf(file: MainFile): Record<string, unknown> {
  const isSection = (name: string) => (SECTIONS as readonly string[]).includes(name)
  return Object.fromEntries(
    Object.entries(file).flatMap(([name, value]): [string, unknown][] =>
      isSection(name)
        ? Object.entries(value as object).map(([field, inner]) => [`${name}.${field}`, inner])
        : [[name, value]],
    ),
  )
}
