import { RETRACT_WINDOW_MS } from '../../protocol/index.ts'
import type { Handlers } from '../handler.ts'
import { ctimeOf } from '../message-ids.ts'
import { deleteMessage, insertRetracted, messageById, retractedById } from '../queries/message-queries.ts'
import { requireUser } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import { audienceOf, type Origin, sendMessage } from '../send-message.ts'
import type { Services } from '../services.ts'

const fromAdmin: Origin = { as: 'admin', platform: 'api', whenDisabled: 899016 }
const fromUser: Origin = { as: 'user', platform: 'api', whenDisabled: 899016 }

/** Sending messages and taking them back. */
export function messages(services: Services): Pick<Handlers, 'messages.send' | 'messages.retract'> {
  const { store, clock, listCounts, dayTallies, allowUserSenders, act } = services
  return {
    'messages.send': async ({ app, body }) => {
      if (body.from_type === 'admin') return sendMessage(services, app, body, fromAdmin)
      if (allowUserSenders) return sendMessage(services, app, body, fromUser)
      await requireUser(store.read, app, body.from_id)
      throw new Refusal(899016)
    },

    'messages.retract': async ({ app, params: { username, msgid } }) => {
      const now = clock.now()
      await act(app, async (tx, tell) => {
        const key = { app: app.id, msgid }
        const found = await tx.first(messageById, key)
        const known = found ?? (await tx.first(retractedById, key))
        if (!known) throw new Refusal(855003)
        if (known.from_id !== username) throw new Refusal(855002)
        if (!found) throw new Refusal(855004)
        if (now - ctimeOf(msgid) > RETRACT_WINDOW_MS) throw new Refusal(855001)
        await tx.run(deleteMessage, { msgid })
        await tx.run(insertRetracted, { ...key, from_id: username })
        tell(audienceOf(found), {
          event_type: 55,
          msgids: [msgid],
          from_username: username,
          ...(found.target_type === 'group' ? { gid: Number(found.target_id) } : {}),
          ctime: now,
        })
      })
      listCounts.retracted(msgid)
      dayTallies.retracted(app.id, msgid)
    },
  }
}
