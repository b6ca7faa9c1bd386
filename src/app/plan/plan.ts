import type { BotSpec, PluginSpec } from '../../runtime/options.ts'

/** What a bot will do, by what its plugins set up. */
export interface PlannedBot {
  readonly id: string
  readonly webhooks: readonly { readonly path: string; readonly url: string }[]
  readonly schedules: readonly PlannedSchedule[]
  readonly commands: readonly { readonly name: string; readonly roles: readonly string[] }[]
}

/** A schedule, and when it fires next. */
export interface PlannedSchedule {
  readonly plugin: string
  readonly name: string
  readonly expression: string
  readonly timezone: string
  /** Epoch ms; three at most. None: it never fires. */
  readonly next: readonly number[]
}

/** A plugin that cannot be set up, or was not looked at. */
export interface PlanProblem {
  readonly bot: string
  readonly plugin: string
  readonly message: string
}

export interface Plan {
  readonly bots: readonly PlannedBot[]
  readonly problems: readonly PlanProblem[]
}

/** As it is set up to be looked at: nothing that it does gets out, and it runs in this process. */
export const inShadow = (bot: BotSpec, plugins: readonly PluginSpec[]): BotSpec => ({
  ...bot,
  mode: 'shadow',
  plugins: plugins.map(plugin => ({ ...plugin, isolation: 'none' })),
})
