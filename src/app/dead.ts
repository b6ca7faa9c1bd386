import { type DeadLetter, deadLetters, findDead } from '../runtime/events/dead.ts'
import { beside, type GivenOrder, order } from './beside.ts'
import type { LoadedConfig } from './config/index.ts'

export type { DeadLetter }

export const listDead = (config: LoadedConfig): Promise<DeadLetter[]> => beside(config, deadLetters)

/** @param id  of the letter, or the beginning of it */
export const showDead = (config: LoadedConfig, id: string): Promise<DeadLetter> =>
  beside(config, async store => findDead(await deadLetters(store), id))

/** Asks the running Beadle to try dead letters again, or to drop them. */
export const settleDead = (
  config: LoadedConfig,
  what: { readonly how: 'replay' | 'drop'; readonly which: readonly string[] | 'all' },
  waitMs: number,
): Promise<GivenOrder> =>
  beside(config, async store => {
    const { how, which } = what
    if (which === 'all') return order(store, `dead.${how}`, { all: true }, waitMs)
    const letters = await deadLetters(store)
    const names = which.map(id => findDead(letters, id).name)
    return order(store, `dead.${how}`, { names }, waitMs)
  })
