import { type Queryable, query, type Transaction } from '../../store/index.ts'
import { type ImDatabase, targetKey } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { Refusal } from '../refusal.ts'
import { userByName } from './user-queries.ts'

const q = query<ImDatabase>()

const sentBy = q((db, p: { sender: number }) =>
  db.selectFrom('im_message').select('msgid').where('sender', '=', p.sender).limit(1),
)
const sentTo = q((db, p: { target: number }) =>
  db.selectFrom('im_message').select('msgid').where('target', '=', p.target).limit(1),
)
const insertFormer = q((db, p: { id: number }) =>
  db
    .insertInto('im_former_user')
    .columns(['id', 'app', 'username'])
    .expression(db.selectFrom('im_user').select(['id', 'app', 'username']).where('id', '=', p.id)),
)
const formersByName = q((db, p: { app: number; username: string }) =>
  db
    .selectFrom('im_former_user')
    .select('id')
    .where('app', '=', p.app)
    .where('username', '=', p.username)
    .orderBy('id', 'desc'),
)

const hasHistory = async (tx: Queryable, id: number): Promise<boolean> =>
  (await tx.first(sentBy, { sender: id })) !== undefined ||
  (await tx.first(sentTo, { target: targetKey('single', id) })) !== undefined

/** Remembers a user that is about to be deleted, if its messages stay behind. */
export async function rememberUser(tx: Transaction, id: number): Promise<void> {
  if (await hasHistory(tx, id)) await tx.run(insertFormer, { id })
}

/** Whose history a name stands for: the user's, or that of the latest one who had the name and left messages; 899002. */
export async function historyOwner(read: Queryable, app: App, username: string): Promise<number> {
  const user = await read.first(userByName, { app: app.id, username })
  if (user) return user.id
  for (const { id } of await read.all(formersByName, { app: app.id, username }))
    if (await hasHistory(read, id)) return id
  throw new Refusal(899002)
}
