import { basename, dirname, sep } from 'node:path'
import type { BotSpec } from '../runtime/options.ts'

/** A plugin of a bot. */
export interface Owner {
  readonly bot: string
  readonly plugin: string
}

/** Whose code some lines of a stack are of, the innermost first: all that run that code; none, if it is of no plugin. */
export type OwnersOf = (stack: readonly string[]) => readonly Owner[]

/** Finds out whose code of this thread it is, by where plugins were loaded from. */
export function ownersIn(bots: readonly BotSpec[]): OwnersOf {
  const owners = new Map<string, Owner[]>()
  for (const { id, plugins } of bots) {
    for (const { name, file, isolation } of plugins) {
      if (file === undefined || isolation === 'worker') continue
      const place = placeOf(file)
      owners.set(place, [...(owners.get(place) ?? []), { bot: id, plugin: name }])
    }
  }
  return stack => {
    for (const line of stack) for (const [place, found] of owners) if (line.includes(place)) return found
    return []
  }
}

/** All files below the folder of a plugin are its own, if it has one. */
const placeOf = (file: string): string =>
  basename(file).startsWith('index.') ? `${dirname(file)}${sep}` : `${file}:`
