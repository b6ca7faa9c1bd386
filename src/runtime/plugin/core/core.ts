import { CORE_PLUGIN } from '../../bot/lift.ts'
import { definePlugin } from '../define.ts'
import type { PluginInstance } from '../instance.ts'
import { addExpiring } from './expiring.ts'
import { addHelp } from './help.ts'
import { addLanguage } from './language.ts'
import { addLifting } from './lifting.ts'
import { Suggestions } from './suggestions.ts'
import { addSwitching } from './switching.ts'

/** The plugin that every bot has: it does the framework's own jobs, and tells people of the bot's commands. */
export const corePlugin = definePlugin({
  name: CORE_PLUGIN,
  setup(ctx) {
    addLifting(ctx)
    addExpiring(ctx)
    // It is set up here and never in a thread.
    const { deps, commands } = ctx as unknown as PluginInstance
    const { house, manners } = deps
    if (!house) return
    commands.lastResort = new Suggestions(house, deps)
    if (manners.help !== false) addHelp(ctx, house, deps)
    addSwitching(ctx, house, deps)
    addLanguage(ctx, house, deps)
  },
})
