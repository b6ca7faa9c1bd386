import type { FaultRule } from '../server/index.ts'

/** Which calls the server fails, how, and how often: see `/sandbox/faults` of the server. */
export type CallFault = Exclude<FaultRule, { fault: `callback-${string}` }>

/** How often something befalls calls, and how likely each time. */
export interface HowOften {
  /** Default: once. */
  readonly times?: number
  /** From 0 to 1. Default: 1. */
  readonly probability?: number
}

/** A rule, and how often it struck. */
type Struck = CallFault & { readonly struck: number }

/** The rules of the server. */
export interface FaultPlans {
  now(): Promise<{ readonly rules: readonly Struck[] }>
  put(plan: { readonly seed: number; readonly rules: readonly CallFault[] }): Promise<unknown>
}

/** The ids of one or several endpoints, such as `messages.send` or `groups.*`. */
type Which = string | readonly string[]

/**
 * Switches for what can befall the calls of bots. Each is in addition to those before, until {@link none}. They hold for
 * the calls of the world itself, too: `report.*` are those by which it reads what was said.
 */
export class FaultSwitches {
  readonly #plans: FaultPlans

  constructor(plans: FaultPlans) {
    this.#plans = plans
  }

  /** The call is carried out, and its answer gets lost. */
  lost(which: Which, often: HowOften = {}): Promise<void> {
    return this.#add({ ...rule(which, often), fault: 'lost' })
  }

  /** The connection is refused. */
  refused(which: Which, often: HowOften = {}): Promise<void> {
    return this.#add({ ...rule(which, often), fault: 'refused' })
  }

  /** The answer breaks off in the middle. */
  cut(which: Which, often: HowOften = {}): Promise<void> {
    return this.#add({ ...rule(which, often), fault: 'cut' })
  }

  /** Answered with a 5xx. */
  error(which: Which, often: HowOften & { readonly status?: 500 | 502 | 503 | 504 } = {}): Promise<void> {
    const { status = 503 } = often
    return this.#add({ ...rule(which, often), fault: 'error', status })
  }

  /** Answered 429. */
  rateLimited(which: Which, often: HowOften & { readonly retryAfterSeconds?: number } = {}): Promise<void> {
    const { retryAfterSeconds: retry_after_s = 1 } = often
    return this.#add({ ...rule(which, often), fault: 'rate-limited', retry_after_s })
  }

  /** Answered so many ms later. */
  slow(which: Which, delayMs: number, often: HowOften = {}): Promise<void> {
    return this.#add({ ...rule(which, often), fault: 'slow', delay_ms: delayMs })
  }

  /** All is well again. */
  async none(): Promise<void> {
    await this.set([])
  }

  /** These in place of those before. The same seed makes the same of the same calls. */
  async set(rules: readonly CallFault[], seed = 1): Promise<void> {
    await this.#plans.put({ seed, rules })
  }

  async #add(fault: CallFault): Promise<void> {
    const { rules } = await this.#plans.now()
    // To set a rule anew would have it strike as often again.
    const left = rules.flatMap(({ struck, ...former }) => {
      if (former.times === undefined) return [former]
      return former.times > struck ? [{ ...former, times: former.times - struck }] : []
    })
    await this.set([...left, fault])
  }
}

const rule = (which: Which, { times = 1, probability = 1 }: HowOften) => ({
  endpoints: typeof which === 'string' ? [which] : [...which],
  times,
  probability,
})
