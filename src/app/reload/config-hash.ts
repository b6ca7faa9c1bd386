import { createHmac } from 'node:crypto'
import type { BotSpec } from '../../runtime/options.ts'
import type { MainFile } from '../config/index.ts'

/** Enough to tell configurations apart. */
const CHARS = 12

/**
 * Tells whether two processes run the same: of the bots as they are, and of what all nodes of a fleet should have in
 * common. Its key is the app's secret, so that nobody can try out what settings it may be of.
 */
export function configHash({ jmessage, apps, limits, keep }: MainFile, bots: readonly BotSpec[]): string {
  const { webhookBytes, pending, sendAttempts, sendAge } = limits
  // Those of plugins are with the plugins.
  const main = { jmessage, apps, keep, limits: { webhookBytes, pending, sendAttempts, sendAge } }
  const text = JSON.stringify(
    sorted({ main, bots: bots.map(partsOf).sort((a, b) => (a.id < b.id ? -1 : 1)) }),
  )
  return createHmac('sha256', jmessage.masterSecret).update(text).digest('hex').slice(0, CHARS)
}

/** Not what is of the registration only, nor where plugins are: nodes may have them in other places. */
function partsOf({ nickname, avatar, adopt, plugins, ...parts }: BotSpec) {
  const uses = plugins.map(({ name, definition, settings, isolation, limits }) => [
    name,
    { use: definition.name, settings, isolation, limits },
  ])
  return { ...parts, plugins: Object.fromEntries(uses) }
}

/** The order of keys is of no meaning. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
