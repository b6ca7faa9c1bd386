import type { Selectable } from 'kysely'
import { type Kysely, sql } from 'kysely'
import { type Queryable, query } from '../../store/index.ts'
import type { ImDatabase, UserTable } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { demand, Refusal } from '../refusal.ts'

export type UserRow = Selectable<UserTable>
/** The columns of a user that its owner fills. */
export type Profile = Pick<
  UserRow,
  'nickname' | 'avatar' | 'birthday' | 'gender' | 'signature' | 'region' | 'address' | 'extras'
>
export interface UserId {
  readonly id: number
  readonly username: string
  readonly admin: 0 | 1
}

const q = query<ImDatabase>()

export const userByName = q((db, p: { app: number; username: string }) =>
  db.selectFrom('im_user').selectAll().where('app', '=', p.app).where('username', '=', p.username),
)

export const insertUser = q(
  (db, p: Profile & { app: number; username: string; admin: 0 | 1; password: string; now: number }) =>
    db
      .insertInto('im_user')
      .values({
        app: p.app,
        username: p.username,
        admin: p.admin,
        disabled: 0,
        password: p.password,
        nickname: p.nickname,
        avatar: p.avatar,
        birthday: p.birthday,
        gender: p.gender,
        signature: p.signature,
        region: p.region,
        address: p.address,
        extras: p.extras,
        dnd: 0,
        ctime: p.now,
        mtime: p.now,
      })
      .onConflict(conflict => conflict.columns(['app', 'username']).doNothing()),
)

export const countUsers = q((db, p: { app: number }) =>
  db
    .selectFrom('im_user')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app),
)
export const countAdmins = q((db, p: { app: number }) =>
  db
    .selectFrom('im_user')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app)
    .where('admin', '=', sql.lit(1)),
)

interface PageParams {
  app: number
  start: number
  count: number
}
const page = (db: Kysely<ImDatabase>, p: PageParams) =>
  db
    .selectFrom('im_user')
    .selectAll()
    .where('app', '=', p.app)
    .orderBy('ctime')
    .orderBy('username')
    .limit(p.count)
    .offset(p.start)
export const pageOfUsers = q((db, p: PageParams) => page(db, p))
export const pageOfAdmins = q((db, p: PageParams) => page(db, p).where('admin', '=', sql.lit(1)))

export const setDisabled = q((db, p: { id: number; disabled: 0 | 1 }) =>
  db.updateTable('im_user').set({ disabled: p.disabled }).where('id', '=', p.id),
)
export const setPassword = q((db, p: { id: number; password: string; now: number }) =>
  db.updateTable('im_user').set({ password: p.password, mtime: p.now }).where('id', '=', p.id),
)

/** The user of that name; 899002 when there is none. */
export async function requireUser(tx: Queryable, app: App, username: string): Promise<UserRow> {
  return demand(await tx.first(userByName, { app: app.id, username }), 899002)
}

/** The users of these names, each once and in the order given; 899002 when one does not exist. */
export async function requireUsers(
  tx: Queryable,
  db: Kysely<ImDatabase>,
  app: App,
  usernames: readonly string[],
): Promise<UserId[]> {
  const names = [...new Set(usernames)]
  if (names.length === 0) return []
  const rows = await tx.execute(
    db
      .selectFrom('im_user')
      .select(['id', 'username', 'admin'])
      .where('app', '=', app.id)
      .where('username', 'in', names),
  )
  if (rows.length < names.length) throw new Refusal(899002)
  const byName = new Map(rows.map(row => [row.username, row]))
  return names.map(name => byName.get(name) as UserId)
}
