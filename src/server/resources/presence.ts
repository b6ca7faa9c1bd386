import type { Device } from '../../protocol/index.ts'
import type { Handlers } from '../handler.ts'
import { sessionsOf } from '../queries/presence-queries.ts'
import { requireUser, userByName } from '../queries/user-queries.ts'
import type { Services } from '../services.ts'

/** Who is logged in and online. Without a sandbox nobody is: no SDK can log in here. */
export function presence({
  store,
  inboxes,
}: Services): Pick<Handlers, 'users.stat' | 'users.statBatch' | 'users.statBatchV2'> {
  const devicesOf = async (user: number): Promise<Device[]> => {
    const connected = await inboxes.platformsOf(user)
    const sessions = await store.read.all(sessionsOf, { user })
    return sessions.map(({ platform }) => ({ login: true, online: connected.has(platform), platform }))
  }

  return {
    'users.stat': async ({ app, params }) => {
      const { id } = await requireUser(store.read, app, params.username)
      const devices = await devicesOf(id)
      return { login: devices.length > 0, online: devices.some(({ online }) => online) }
    },

    'users.statBatch': async ({ app, body }) => {
      const states: { devices: Device[]; username: string }[] = []
      for (const username of body) {
        const { id } = await requireUser(store.read, app, username)
        states.push({ devices: await devicesOf(id), username })
      }
      return states
    },

    'users.statBatchV2': async ({ app, body }) => {
      const states: { devices: Device[]; username: string; statuscode: number; statusmsg?: string }[] = []
      for (const username of body) {
        const user = await store.read.first(userByName, { app: app.id, username })
        states.push(
          user
            ? { devices: await devicesOf(user.id), username, statuscode: 0 }
            : { devices: [], username, statuscode: 1, statusmsg: 'no_exist' },
        )
      }
      return states
    },
  }
}
