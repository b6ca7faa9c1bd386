import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Undo } from './effects.ts'

/** A plugin, as its module exports it by default. */
export interface PluginDefinition<Config extends z.ZodType = z.ZodType> {
  /** Letters, digits and `-`. */
  readonly name: string
  readonly description?: string
  /** What its settings in a bot's file have to be. Gives validation, defaults and the type of `config`. */
  readonly config?: Config
  /** Registers what the plugin does. What it returns is called when the plugin is unloaded. */
  setup(ctx: PluginContext, config: z.output<Config>): void | Undo | Promise<void | Undo>
}

/** Declares a plugin. Its settings are typed by its `config`. */
export function definePlugin<Config extends z.ZodType = z.ZodType<Record<string, never>>>(
  definition: PluginDefinition<Config>,
): PluginDefinition<Config> {
  return Object.freeze(definition)
}
