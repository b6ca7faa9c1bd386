import type { Log } from '../../base/log.ts'
import type { BotSpec } from '../options.ts'
import type { Accounts } from './accounts.ts'

export interface LatecomersOptions {
  readonly accounts: Accounts
  readonly log: Log
  /** Aborted when all stops. */
  readonly signal: AbortSignal
  /** Brings a bot up whose account has been seen to. */
  readonly raise: (spec: BotSpec) => Promise<void>
}

/** Bots of apps that could not be reached at the start: they join once they can be, and nobody waits for them. */
export class Latecomers {
  readonly #options: LatecomersOptions
  readonly #specs = new Map<string, BotSpec>()

  constructor(options: LatecomersOptions) {
    this.#options = options
  }

  /** Those that have not joined yet. */
  get specs(): BotSpec[] {
    return [...this.#specs.values()]
  }

  has(bot: string): boolean {
    return this.#specs.has(bot)
  }

  /** Waits for these: for those of each app one after the other. */
  await(specs: readonly BotSpec[]): void {
    for (const spec of specs) this.#specs.set(spec.id, spec)
    for (const name of new Set(specs.map(({ app }) => app)))
      void this.#joinInTurn(specs.filter(({ app }) => app === name).map(({ id }) => id))
  }

  /** These are wanted from now on: who has not joined yet is as it is here, or does not join. */
  revise(specs: readonly BotSpec[]): void {
    const wanted = new Map(specs.map(spec => [spec.id, spec]))
    for (const id of this.#specs.keys()) {
      const spec = wanted.get(id)
      if (spec) this.#specs.set(id, spec)
      else this.#specs.delete(id)
    }
  }

  async #joinInTurn(ids: readonly string[]): Promise<void> {
    const { log, signal } = this.#options
    for (const bot of ids) {
      try {
        if (await this.#join(bot)) log.info({ bot }, 'a bot joined later, as its app could not be reached')
      } catch (err) {
        if (signal.aborted) return
        this.#specs.delete(bot)
        log.error({ err, bot }, 'a bot could not be brought up; the others go on')
      }
    }
  }

  /** Whether a bot is up; not so when it is not wanted any more. */
  async #join(id: string): Promise<boolean> {
    const { accounts, raise } = this.#options
    for (;;) {
      const spec = this.#specs.get(id)
      if (!spec) return false
      await accounts.see(spec)
      // It may have been wanted otherwise meanwhile.
      if (this.#specs.get(id) !== spec) continue
      this.#specs.delete(id)
      await raise(spec)
      return true
    }
  }
}
