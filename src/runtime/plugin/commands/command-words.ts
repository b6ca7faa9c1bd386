import type { SayCommand } from './command-texts.ts'
import type { CommandPlace } from './commanding.ts'

const KEYS = { group: 'groups', room: 'rooms', direct: 'direct' } as const

/** Says in which places: `groups and chat rooms`. */
export const placesIn = (say: SayCommand, places: readonly CommandPlace[]): string =>
  places.map(place => say(KEYS[place])).join(say('and'))

/** Says for which roles a command is. */
export function rolesIn(say: SayCommand, command: string, roles: readonly string[]): string {
  const [role = '', ...others] = roles
  return others.length === 0
    ? say('forRole', { command, role })
    : say('forRoles', { command, roles: quoted(roles) })
}

export const quoted = (roles: readonly string[]): string => roles.map(role => `'${role}'`).join(', ')
