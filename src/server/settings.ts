import type { JmCode } from '../protocol/index.ts'
import { Refusal } from './refusal.ts'

/** What to switch on and off for a user: ids of other users, or gids. */
export interface Switches {
  readonly add: readonly number[]
  readonly remove: readonly number[]
}

/** The lists of a request. */
export interface Lists<T> {
  readonly add?: readonly T[] | null | undefined
  readonly remove?: readonly T[] | null | undefined
}

/** Both lists of a request; what is named twice counts once. */
export const switches = (lists: Lists<number> | undefined): Switches => ({
  add: [...new Set(lists?.add)],
  remove: [...new Set(lists?.remove)],
})

/** Switching on what is on already is an error, and so is switching off what is not. */
export function checkSwitches(
  wanted: Switches,
  rows: readonly number[],
  alreadyOn: JmCode,
  alreadyOff: JmCode,
): void {
  const on = new Set(rows)
  if (wanted.add.some(item => on.has(item))) throw new Refusal(alreadyOn)
  if (wanted.remove.some(item => !on.has(item))) throw new Refusal(alreadyOff)
}
