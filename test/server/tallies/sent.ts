import { onTestFinished } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import { MessageIds } from '../../../src/server/message-ids.ts'
import { deleteMessage } from '../../../src/server/queries/message-queries.ts'
import { change, openStore, query } from '../../../src/store/index.ts'
import { type ImDatabase, imSchema, targetKey } from '../../../src/store/schema/im.ts'
import { database } from '../../engine.ts'

const q = query<ImDatabase>()

/** One message as these tests tell them apart. */
export interface Sent {
  readonly msgid: number
  readonly app: number
  readonly sender: number
  readonly type: 'single' | 'group' | 'chatroom'
  readonly target: number
  readonly msg_type: string
}

const insert = q((db, p: Sent & { key: number }) =>
  db.insertInto('im_message').values({
    msgid: p.msgid,
    app: p.app,
    sender: p.sender,
    target: p.key,
    target_app: p.app,
    target_type: p.type,
    target_id: '',
    from_type: 'admin',
    from_id: '',
    from_name: '',
    from_platform: 'api',
    msg_type: p.msg_type,
    msg_body: '{}',
    extra: null,
  }),
)
const login = q((db, p: { app: number; day: number; user: number }) =>
  db
    .insertInto('im_active')
    .values({ app: p.app, day: p.day, user: p.user })
    .onConflict(conflict => conflict.doNothing()),
)

/** A store of messages, and beside it what is in it. */
export async function messages() {
  const store = await openStore<ImDatabase>(imSchema, { url: await database() })
  onTestFinished(() => store.close())
  const clock = new ManualClock()
  const ids = new MessageIds(0)
  const sent: Sent[] = []
  return {
    store,
    clock,
    sent,
    /** For the next run of a property: the clock goes on. */
    clear: async () => {
      await store.write(tx => tx.execute(store.db.deleteFrom('im_message')))
      await store.write(tx => tx.execute(store.db.deleteFrom('im_active')))
      sent.length = 0
    },
    send: async (...all: Omit<Sent, 'msgid'>[]) => {
      const rows = all.map(row => ({ ...row, msgid: ids.next(clock.now()) }))
      await store.apply(...rows.map(row => change(insert, { ...row, key: targetKey(row.type, row.target) })))
      sent.push(...rows)
    },
    retract: async (row: Sent) => {
      await store.apply(change(deleteMessage, { msgid: row.msgid }))
      sent.splice(sent.indexOf(row), 1)
    },
    login: (app: number, day: number, user: number) => store.apply(change(login, { app, day, user })),
  }
}
