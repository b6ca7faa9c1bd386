import type { Clock } from '../../../base/clock.ts'
import { randomOf } from '../../../base/random.ts'
import type { App, Apps } from '../../apps.ts'
import { Refusal } from '../../refusal.ts'
import {
  type CallbackFault,
  type CallFault,
  endpointsNamed,
  type FaultPlan,
  isCallbackFault,
} from './rules.ts'

/** A rule at work. */
interface Active<R> {
  readonly rule: R
  /** Id of the only app that it is for. */
  readonly app: number | undefined
  readonly endpoints: ReadonlySet<string>
  /** Of its own, so that what befalls others does not change what this one does. */
  readonly random: () => number
  struck: number
}

/** Spreads the seeds of the rules of one plan. */
const GOLDEN = 0x9e3779b9

/** Decides by rules, and by chance that can be repeated, whom a fault strikes. */
export class Faults {
  readonly #apps: Apps
  readonly #clock: Clock
  readonly #pauses = new Set<() => void>()
  #isClosed = false
  #seed = 1
  #all: readonly Active<CallFault | CallbackFault>[] = []
  #ofCalls: readonly Active<CallFault>[] = []
  #ofCallbacks: readonly Active<CallbackFault>[] = []

  constructor(apps: Apps, clock: Clock) {
    this.#apps = apps
    this.#clock = clock
  }

  /** Whether no call can be struck. */
  get spareCalls(): boolean {
    return this.#ofCalls.length === 0
  }

  /**
   * Puts a plan in place of the one before, and starts to count anew.
   *
   * @throws Refusal when a rule is for an app that is not served
   */
  set({ seed, rules }: FaultPlan): void {
    const all = rules.map((rule, index) => this.#activate(rule, index, seed))
    this.#seed = seed
    this.#all = all
    this.#ofCalls = all.filter((one): one is Active<CallFault> => !isCallbackFault(one.rule))
    this.#ofCallbacks = all.filter((one): one is Active<CallbackFault> => isCallbackFault(one.rule))
  }

  /** The plan, and how often each rule struck. */
  view(): object {
    return { seed: this.#seed, rules: this.#all.map(({ rule, struck }) => ({ ...rule, struck })) }
  }

  /** What befalls a call: the first rule that is for it, and whose chance it is. */
  strikeCall(endpoint: string, app: App): CallFault | undefined {
    return strike(this.#ofCalls, app, endpoint)
  }

  /** What befalls a delivery to an app's callback. */
  strikeCallback(app: App): CallbackFault | undefined {
    return strike(this.#ofCallbacks, app)
  }

  /** Waits; no longer than the server is up. */
  pause(ms: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise(resolve => {
      const end = () => {
        cancel()
        this.#pauses.delete(end)
        resolve()
      }
      const cancel = this.#clock.after(ms, end)
      this.#pauses.add(end)
    })
  }

  /** Ends all pauses. */
  close(): void {
    this.#isClosed = true
    for (const end of this.#pauses) end()
  }

  #activate<R extends CallFault | CallbackFault>(rule: R, index: number, seed: number): Active<R> {
    const app = rule.app === undefined ? undefined : this.#apps.withKey(rule.app)
    if (rule.app !== undefined && !app)
      throw new Refusal(899003, `rules[${index}].app must be the appKey of an app of this server`)
    const names = 'endpoints' in rule ? rule.endpoints : []
    return {
      rule,
      app: app?.id,
      endpoints: new Set(names.flatMap(endpointsNamed)),
      random: randomOf(seed ^ Math.imul(index, GOLDEN)),
      struck: 0,
    }
  }
}

function strike<R extends CallFault | CallbackFault>(
  rules: readonly Active<R>[],
  { id }: App,
  endpoint?: string,
): R | undefined {
  for (const active of rules) {
    const { rule, app, endpoints, random } = active
    if (app !== undefined && app !== id) continue
    if (endpoint !== undefined && !endpoints.has(endpoint)) continue
    if (rule.times !== undefined && active.struck >= rule.times) continue
    if (random() >= rule.probability) continue
    active.struck++
    return rule
  }
  return undefined
}
