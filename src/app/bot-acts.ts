import { beside, type GivenOrder, order } from './beside.ts'
import type { LoadedConfig } from './config/index.ts'

export type { Acted, DndArgs, MuteArgs, Place } from '../runtime/orders/bot-kinds.ts'

/** What a bot can be asked to do with its rights. */
export type BotAct = 'mute' | 'unmute' | 'kick' | 'ban' | 'unban' | 'dnd' | 'retract'

/** Asks a bot of the running Beadle to do something, as its plugins would. */
export const askBot = (
  config: LoadedConfig,
  what: { readonly act: BotAct; readonly args: Readonly<Record<string, unknown>> },
  waitMs: number,
): Promise<GivenOrder> => beside(config, store => order(store, `bot.${what.act}`, what.args, waitMs))
