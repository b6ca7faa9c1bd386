import type { Cancel, Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { change, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { BotChange } from '../roster/applier.ts'
import { insertAnswer, openReloads, pruneAnswers, pruneReloads } from './reload-rows.ts'

/** What came of a reload in one process. */
export interface ReloadAnswer {
  /** Whether all of the configuration is applied, but for what takes a restart. */
  readonly ok: boolean
  /** Short, of what it runs now: processes with the same run the same. */
  readonly hash: string
  readonly changes: readonly BotChange[]
  /** Fields of config.yaml that have other values now, and are read at the start only. */
  readonly restart: readonly string[]
  /** What is wrong, a text for a person each. */
  readonly problems: readonly string[]
}

export interface ReloadsOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  /** This process: `id` is its own, by `name` a person knows it. */
  readonly node: { readonly id: string; readonly name: string }
  /** How often is looked for reloads, in ms. */
  readonly everyMs: number
  /** How long ago the configuration was read that runs, in ms: what was asked for since is seen to. */
  readonly readMsAgo: number
  /** Reads the configuration anew. Never rejects. */
  readonly reload: () => Promise<ReloadAnswer>
}

/** Clocks need not agree to the second. */
const MARGIN_MS = 60_000
const KEPT_MS = 3_600_000

/** Reloads that are asked for by rows in the database: every process that works on it sees to them, and answers. */
export class Reloads {
  readonly #options: ReloadsOptions
  readonly #since: number
  #cancel: Cancel = () => {}
  #busy: Promise<void> = Promise.resolve()
  #failing = false
  #isStopped = false

  constructor(options: ReloadsOptions) {
    this.#options = options
    this.#since = Math.floor(options.clock.now() - options.readMsAgo - MARGIN_MS)
  }

  /** Begins to look for them. */
  start(): void {
    void this.look().then(() => this.#arm())
  }

  /** Sees to those there are, and resolves when they are answered. */
  look(): Promise<void> {
    this.#busy = this.#busy.then(() => this.#look())
    return this.#busy
  }

  /** What is under way is not waited for: it ends with the runtime. */
  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  #arm(): void {
    const { clock, everyMs } = this.#options
    if (this.#isStopped) return
    this.#cancel = clock.after(everyMs, () => void this.look().then(() => this.#arm()))
  }

  async #look(): Promise<void> {
    const { store, clock, log, node, reload } = this.#options
    if (this.#isStopped) return
    try {
      const open = await store.read.all(openReloads, { node: node.id, since: this.#since })
      this.#failing = false
      if (open.length === 0) return
      // What is read now is the answer to all of them.
      const answer = JSON.stringify(await reload())
      const at = clock.now()
      const answers = open.map(({ id }) =>
        change(insertAnswer, { reload: id, node: node.id, name: node.name, at, answer }),
      )
      const before = at - KEPT_MS
      await store.apply(...answers, change(pruneReloads, { before }), change(pruneAnswers, { before }))
    } catch (err) {
      if (!this.#failing && !this.#isStopped)
        log.warn({ err }, 'reloads that are asked for could not be looked for, or answered; trying again')
      this.#failing = true
    }
  }
}
