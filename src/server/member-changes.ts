import type { App, Apps } from './apps.ts'
import { requireApp } from './queries/people.ts'

interface Lists {
  readonly add?: readonly string[] | null | undefined
  readonly remove?: readonly string[] | null | undefined
}

/** Users of one app to add to a group or room, and to remove after that. */
export interface MemberChange extends Lists {
  readonly of: App
}

/** What a cross-application call asks for; 899020 when one of the apps is unknown, before anything changes. */
export const memberChanges = (
  apps: Apps,
  items: readonly (Lists & { readonly appkey: string })[],
): MemberChange[] => items.map(({ appkey, ...lists }) => ({ ...lists, of: requireApp(apps, appkey) }))
