import type { Clock } from '../../base/clock.ts'
import { formatDuration } from '../../base/duration.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Broadcasts } from '../bot/broadcast/broadcasts.ts'
import type { BotSpec } from '../options.ts'
import { demandServices } from '../plugin/services/plan-services.ts'
import type { Shadows } from '../shadow/shadow.ts'
import type { Accounts } from './accounts.ts'
import { planOf } from './bot-plan.ts'
import { type Bots, specOf } from './bots.ts'
import type { Latecomers } from './latecomers.ts'

/** A bot that is other than it was. */
export interface BotChange {
  readonly bot: string
  readonly how: 'added' | 'removed' | 'changed'
  /** What of it: `listen`, `plugin weather: loaded anew`. */
  readonly what: readonly string[]
}

/** A bot that could not be made what it was to be. */
export interface BotProblem {
  readonly bot: string
  readonly error: Error
}

export interface Applied {
  readonly changes: readonly BotChange[]
  readonly problems: readonly BotProblem[]
}

export interface ApplierOptions {
  readonly bots: Bots
  readonly accounts: Accounts
  readonly latecomers: Latecomers
  readonly broadcasts: Broadcasts
  readonly shadows: Shadows
  readonly clock: Clock
  readonly log: Log
  /** Aborted when all stops. */
  readonly signal: AbortSignal
}

/** While others wait to be changed, nobody waits longer for JMessage to register a bot. */
const REGISTER_MS = 10_000
/** Nor for a plugin to be set up: what is for it waits, too. */
const SETUP_MS = 60_000

/** Makes the bots that run be those that are wanted, and touches nothing of them that is the same. */
export class Applier {
  readonly #options: ApplierOptions
  #inOrder: Promise<unknown> = Promise.resolve()

  constructor(options: ApplierOptions) {
    this.#options = options
  }

  /**
   * Changes what has to be changed, a bot after the other. One that fails goes on as it was, and the others are seen to
   * all the same. Called again meanwhile, it begins when the former has ended.
   */
  apply(specs: readonly BotSpec[]): Promise<Applied> {
    const applied = this.#inOrder.then(() => this.#apply(specs))
    this.#inOrder = applied.catch(() => {})
    return applied
  }

  /** Resolves when nothing is being changed any more, or after `mostMs`. */
  settled(mostMs: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#options.clock.after(mostMs, resolve)
      void this.#inOrder.then(() => {
        cancel()
        resolve()
      })
    })
  }

  async #apply(specs: readonly BotSpec[]): Promise<Applied> {
    const { bots, latecomers, shadows, broadcasts, log, signal } = this.#options
    const changes: BotChange[] = []
    const problems: BotProblem[] = []
    const each = async (bot: string, work: () => Promise<Omit<BotChange, 'bot'> | undefined>) => {
      signal.throwIfAborted()
      try {
        const change = await work()
        if (!change) return
        changes.push({ bot, ...change })
        log.info({ bot, how: change.how, what: change.what }, 'the configuration of a bot was applied')
      } catch (thrown) {
        const error = asError(thrown)
        problems.push({ bot, error })
        log.error({ bot, err: error }, 'the configuration of a bot could not be applied; it is as it was')
      }
    }
    // First, as another may be called as they were.
    latecomers.revise(specs)
    const wanted = new Set(specs.map(({ id }) => id))
    for (const id of [...bots.raised.keys()].filter(id => !wanted.has(id))) {
      await each(id, async () => {
        await bots.lower(id)
        return { how: 'removed', what: [] }
      })
    }
    for (const spec of specs) {
      if (latecomers.has(spec.id)) continue
      await each(spec.id, () => (bots.raised.has(spec.id) ? this.#change(spec) : this.#add(spec)))
    }
    shadows.set([...bots.specs, ...latecomers.specs])
    // What waited for a bot that came goes on.
    if (changes.length > 0)
      await broadcasts.look().catch(err => log.error({ err }, 'broadcasts that waited for a bot wait on'))
    return { changes, problems }
  }

  async #add(spec: BotSpec): Promise<Omit<BotChange, 'bot'>> {
    const { bots } = this.#options
    demandServices(spec)
    await this.#identify(spec)
    try {
      bots.settle(spec)
      await this.#turnInto(spec)
    } catch (error) {
      await bots.lower(spec.id)
      throw error
    }
    return { how: 'added', what: spec.plugins.map(({ name }) => `plugin ${name}: added`) }
  }

  async #change(spec: BotSpec): Promise<Omit<BotChange, 'bot'> | undefined> {
    demandServices(spec)
    const raised = this.#options.bots.raised.get(spec.id)!
    const former = specOf(raised)
    const { isRenewed, told: what } = planOf(former, raised.loaded, spec)
    if (isRenewed) await this.#identify(spec)
    try {
      await this.#turnInto(spec)
    } catch (error) {
      await this.#turnBack(former, asError(error))
      throw error
    }
    return what.length > 0 ? { how: 'changed', what } : undefined
  }

  async #turnInto(spec: BotSpec): Promise<void> {
    const { bots } = this.#options
    const { spec: from, loaded } = bots.raised.get(spec.id)!
    const { isRenewed, load, unload, rest, limit } = planOf(from, loaded, spec)
    if (isRenewed) bots.settle(spec)
    else bots.adjust(spec)
    // Those that use services of others are undone before these.
    const release = await bots.rest(spec, rest)
    try {
      for (const name of unload) await bots.unload(spec, name)
      for (const plugin of limit) bots.limit(spec, plugin)
      for (const plugin of load)
        await this.#within(SETUP_MS, slow(), signal => bots.load(spec, plugin, signal)).catch(thrown => {
          throw notSetUp(plugin.name, asError(thrown))
        })
    } finally {
      release()
    }
  }

  async #turnBack(former: BotSpec, cause: Error): Promise<void> {
    if (this.#options.signal.aborted) return
    try {
      await this.#turnInto(former)
    } catch (err) {
      const { id: bot } = former
      await this.#letGo(former)
      this.#options.log.error({ err, cause, bot }, 'a bot is not as it was, as some of it did not come back')
    }
  }

  /** What rests, as that did not come back whose services it uses, goes. */
  async #letGo(former: BotSpec): Promise<void> {
    const { bots } = this.#options
    const { loaded } = bots.raised.get(former.id)!
    for (const [name, { isResting }] of [...loaded]) if (isResting) await bots.unload(former, name)
  }

  /** @throws AppError `identity.taken`, `bot.unregistered` */
  #identify(spec: BotSpec): Promise<void> {
    return this.#within(REGISTER_MS, unregistered(spec), signal => this.#options.accounts.see(spec, signal))
  }

  async #within(ms: number, late: AppError, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, signal } = this.#options
    const given = new AbortController()
    const cancel = clock.after(ms, () => given.abort(late))
    try {
      await work(AbortSignal.any([signal, given.signal]))
    } finally {
      cancel()
    }
  }
}

const notSetUp = (plugin: string, cause: Error & { hint?: unknown }) =>
  new AppError(`plugin ${plugin} cannot be set up: ${cause.message}`, {
    code: 'plugin.setup',
    ...(typeof cause.hint === 'string' ? { hint: cause.hint } : {}),
    cause,
  })

const slow = () =>
  new AppError(`it takes longer than ${formatDuration(SETUP_MS)}`, {
    code: 'plugin.slow',
    retry: 'later',
  })

const unregistered = ({ username }: BotSpec) =>
  new AppError(`the username '${username}' could not be registered, as JMessage does not answer`, {
    code: 'bot.unregistered',
    hint: 'Ask for the reload again once it does.',
    retry: 'later',
  })
