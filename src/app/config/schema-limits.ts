import { duration, whole } from './schema-fields.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Bounds of one plugin of one bot. */
export const pluginLimits = {
  handler: duration(100, HOUR).describe(
    'Longest time a handler may take, 100ms to 1h; then it is aborted, and tried again.',
  ),
  attempts: whole(1, 100).describe('How often a plugin is given an event before it is set aside.'),
  concurrency: whole(1, 1000).describe('Handlers of one plugin at the same time.'),
  queue: whole(1, 100_000_000).describe(
    'When so many events wait for one plugin, its webhooks are answered 503 for a while.',
  ),
  failures: whole(1, 1_000_000).describe('After so many failures in a row a plugin rests.'),
  pause: duration(100, DAY).describe(
    'How long it rests before one event is tried; each further failure doubles it, up to ten times.',
  ),
}

/** As a file gives them: lengths of time in ms. */
export type PluginLimitsFile = { [Key in keyof typeof pluginLimits]: number }
