import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Undo } from './effects.ts'
import type { AnyService, ServiceAccess } from './services/service.ts'

type Some = readonly AnyService[]

/** A plugin, as its module exports it by default. */
export interface PluginDefinition<
  Config extends z.ZodType = z.ZodType,
  Needs extends Some = Some,
  Wants extends Some = Some,
  Provides extends Some = Some,
> {
  /** Letters, digits and `-`. */
  readonly name: string
  readonly description?: string
  /** What its settings in a bot's file have to be. Gives validation, defaults and the type of `config`. */
  readonly config?: Config
  /** Services of other plugins of the bot, without which it cannot work; those plugins are loaded before it. */
  readonly needs?: Needs
  /** Services that it uses where a plugin of the bot provides them. */
  readonly wants?: Wants
  /** Services that it provides, each by `ctx.provide`. */
  readonly provides?: Provides
  /** Registers what the plugin does. What it returns is called when the plugin is unloaded. */
  setup(
    ctx: PluginContext & ServiceAccess<Needs, Wants, Provides>,
    config: z.output<Config>,
  ): void | Undo | Promise<void | Undo>
}

/** Declares a plugin. Its settings are typed by its `config`, and the services that it uses by what it says of them. */
export function definePlugin<
  Config extends z.ZodType = z.ZodType<Record<string, never>>,
  const Needs extends Some = readonly [],
  const Wants extends Some = readonly [],
  const Provides extends Some = readonly [],
>(definition: PluginDefinition<Config, Needs, Wants, Provides>): PluginDefinition<Config> {
  return Object.freeze(definition) as PluginDefinition<Config>
}
