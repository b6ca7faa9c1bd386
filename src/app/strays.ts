import type { Clock } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Owner, OwnersOf } from './plugin-owners.ts'

export interface StraysOptions {
  readonly log: Log
  readonly clock: Clock
}

/** Where errors of plugins are noted. */
export interface Household {
  readonly ownersOf: OwnersOf
  readonly noteError: (owner: Owner, error: Error) => void
}

/** So many lines are logged of one plugin in so long a time: a timer that fails may do so a thousand times a second. */
const MOST_LINES = 10
const SPELL_MS = 60_000

interface Spell {
  until: number
  lines: number
  unsaid: number
}

/**
 * Takes errors that nobody took: of promises that nobody waits for, of timers, of sockets. They are logged, with the
 * plugin whose code is on their stack, and end nothing: every event is on disk, so that nothing is better after a
 * restart, and a plugin must not be able to bring the process down for all others.
 */
export class Strays {
  readonly #options: StraysOptions
  #household: Household | undefined
  readonly #spells = new Map<string, Spell>()

  constructor(options: StraysOptions) {
    this.#options = options
  }

  /** Attributes errors from now on. */
  belongTo(household: Household): void {
    this.#household = household
  }

  /** Begins to take the errors of this process; what is returned ends it. */
  watch(): () => void {
    const onRejection = (reason: unknown) =>
      this.take(reason, 'a promise was rejected and nobody took notice')
    const onException = (error: unknown) => this.take(error, 'an error was thrown and nobody caught it')
    process.on('unhandledRejection', onRejection)
    process.on('uncaughtException', onException)
    return () => {
      process.off('unhandledRejection', onRejection)
      process.off('uncaughtException', onException)
    }
  }

  /** Never throws: it would end the process. */
  take(thrown: unknown, message: string): void {
    try {
      const err = asError(thrown)
      const owners = this.#household?.ownersOf(linesOf(err)) ?? []
      for (const owner of owners) this.#household?.noteError(owner, err)
      this.#log(owners, err, message)
    } catch {
      // There is nobody left to tell.
    }
  }

  #log(owners: readonly Owner[], err: Error, message: string): void {
    const { log, clock } = this.#options
    const plugin = owners[0]?.plugin ?? 'unknown'
    const bot = owners.map(owner => owner.bot).join(', ') || 'unknown'
    const key = `${bot}/${plugin}`
    const now = clock.now()
    const spell = this.#spells.get(key)
    if (spell && now < spell.until && spell.lines >= MOST_LINES) return void spell.unsaid++
    if (!spell || now >= spell.until) {
      this.#spells.set(key, { until: now + SPELL_MS, lines: 1, unsaid: 0 })
      if (spell && spell.unsaid > 0)
        log.error({ bot, plugin, errors: spell.unsaid }, 'there were more errors that nobody took')
    } else spell.lines++
    log.error({ bot, plugin, err }, message)
  }
}

/** The stack of an error, then of what caused it. */
function linesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').slice(1)
  return error.cause instanceof Error && error.cause !== error ? [...lines, ...linesOf(error.cause)] : lines
}
