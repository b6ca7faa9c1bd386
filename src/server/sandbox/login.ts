import type { App } from '../apps.ts'
import { deleteSession, insertActive, insertSession } from '../queries/presence-queries.ts'
import { requireUser, type UserRow } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { dayOf } from '../tallies/days.ts'
import type { Platform } from './inbox.ts'

/**
 * Gives a user a session on a device, as logging in would.
 *
 * @throws Refusal 899002 for one who does not exist, 801006 for one who is disabled
 */
export async function logIn(
  { store, clock }: Services,
  app: App,
  username: string,
  platform: Platform,
): Promise<UserRow> {
  const now = clock.now()
  return store.write(async tx => {
    const user = await requireUser(tx, app, username)
    if (user.disabled) throw new Refusal(801006)
    await tx.run(insertSession, { user: user.id, platform, now })
    await tx.run(insertActive, { app: app.id, day: dayOf(now), user: user.id })
    return user
  })
}

/** Ends the session of a user on a device, and its streams. */
export async function logOut(
  { store, news }: Services,
  app: App,
  username: string,
  platform: Platform,
): Promise<void> {
  const told = await store.write(async tx => {
    const { id: user } = await requireUser(tx, app, username)
    await tx.run(deleteSession, { user, platform })
    const ended = [{ ended: { user, platform } }]
    await news.note(tx, ended)
    return ended
  })
  await news.committed(told)
}
