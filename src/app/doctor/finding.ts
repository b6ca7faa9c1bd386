import type { Clock } from '../../base/clock.ts'
import type { BotSpec } from '../../runtime/options.ts'
import type { LoadedConfig } from '../config/index.ts'
import type { Explanation } from '../explanation.ts'
import type { Plan } from '../plan/make-plan.ts'

/** What was found: all is well, something a person should know of, or something that keeps it from working. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'failure'
  /** Holds no secret. */
  readonly text: string
  /** What to do. */
  readonly hint?: string
}

type Found = Omit<Finding, 'check'>

export const ok = (text: string): Found => ({ state: 'ok', text })
export const warning = (text: string, hint?: string): Found => ({
  state: 'warning',
  text,
  ...(hint ? { hint } : {}),
})
export const failure = (text: string, hint?: string): Found => ({
  state: 'failure',
  text,
  ...(hint ? { hint } : {}),
})

/** What is looked at. */
export interface Patient {
  readonly config: LoadedConfig
  readonly bots: readonly BotSpec[]
  /** Absent where plugins are not set up. */
  readonly plan: Plan | undefined
  readonly settings: Explanation
  readonly clock: Clock
  /** Nobody is to be asked over the network. */
  readonly offline: boolean
  /** Aborted when the check has to end. */
  readonly signal: AbortSignal
}

export interface Check {
  readonly name: string
  /** It is left out where the network is not to be used. */
  readonly needsNetwork?: boolean
  readonly look: (patient: Patient) => Promise<readonly Found[]> | readonly Found[]
}
