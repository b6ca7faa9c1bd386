import { basename, dirname, sep } from 'node:path'
import type { BotSpec } from '../runtime/options.ts'

/** A plugin of a bot. */
export interface Owner {
  readonly bot: string
  readonly plugin: string
}

/** Whose code some lines of a stack are of, the innermost first: all that run that code; none, if it is of no plugin. */
export type OwnersOf = (stack: readonly string[]) => readonly Owner[]

/** Finds out whose code of this thread it is, by where the plugins were loaded from of the bots that are at work. */
export function ownersIn(bots: () => readonly BotSpec[]): OwnersOf {
  return stack => {
    const owners = ownersByPlace(bots())
    for (const line of stack) for (const [place, found] of owners) if (line.includes(place)) return found
    return []
  }
}

function ownersByPlace(bots: readonly BotSpec[]): Map<string, Owner[]> {
  const owners = new Map<string, Owner[]>()
  for (const { id, plugins } of bots) {
    for (const { name, file, isolation } of plugins) {
      if (file === undefined || isolation === 'worker') continue
      const place = placeOf(file)
      const known = owners.get(place) ?? []
      const isKnown = known.some(owner => owner.bot === id && owner.plugin === name)
      owners.set(place, isKnown ? known : [...known, { bot: id, plugin: name }])
    }
  }
  return owners
}

/** All files below the folder of a plugin are its own, if it has one. */
const placeOf = (file: string): string =>
  basename(file).startsWith('index.') ? `${dirname(file)}${sep}` : `${file}:`
