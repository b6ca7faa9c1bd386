import { type Kysely, type Selectable, sql } from 'kysely'
import { type Queryable, query, type Transaction } from '../../store/index.ts'
import type { GroupTable, ImDatabase } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { demand } from '../refusal.ts'

export type GroupRow = Selectable<GroupTable> & { readonly owner_username: string }

const q = query<ImDatabase>()

const groups = (db: Kysely<ImDatabase>) =>
  db
    .selectFrom('im_group')
    .leftJoin('im_user', 'im_user.id', 'im_group.owner')
    .selectAll('im_group')
    .select(sql<string>`coalesce(im_user.username, '')`.as('owner_username'))

const groupById = q((db, p: { app: number; gid: number }) =>
  groups(db).where('im_group.gid', '=', p.gid).where('im_group.app', '=', p.app),
)
/** Of every app. */
export const groupsOfUser = q((db, p: { user: number }) =>
  groups(db)
    .where('im_group.gid', 'in', eb =>
      eb.selectFrom('im_group_member').select('gid').where('user', '=', p.user),
    )
    .orderBy('im_group.gid'),
)
export const countGroups = q((db, p: { app: number }) =>
  db
    .selectFrom('im_group')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app),
)
export const pageOfGroups = q((db, p: { app: number; start: number; count: number }) =>
  groups(db)
    // The page is found in an index before any owner is looked up.
    .where('im_group.gid', 'in', eb =>
      eb
        .selectFrom('im_group as listed')
        .select('listed.gid')
        .where('listed.app', '=', p.app)
        .orderBy('listed.gid')
        .limit(p.count)
        .offset(p.start),
    )
    .orderBy('im_group.gid'),
)
export const membershipsOfUser = q((db, p: { user: number }) =>
  db
    .selectFrom('im_group_member')
    .innerJoin('im_group', 'im_group.gid', 'im_group_member.gid')
    .select(['im_group.gid as gid', 'im_group.owner as owner'])
    .where('im_group_member.user', '=', p.user)
    .orderBy('im_group_member.id'),
)
export const insertGroup = q((db, p: Selectable<GroupTable>) =>
  db.insertInto('im_group').values({
    gid: p.gid,
    app: p.app,
    owner: p.owner,
    name: p.name,
    description: p.description,
    avatar: p.avatar,
    flag: p.flag,
    ctime: p.ctime,
    mtime: p.mtime,
  }),
)
export const touchGroup = q((db, p: { gid: number; now: number }) =>
  db.updateTable('im_group').set({ mtime: p.now }).where('gid', '=', p.gid),
)
const setGroupOwner = q((db, p: { gid: number; owner: number }) =>
  db.updateTable('im_group').set({ owner: p.owner }).where('gid', '=', p.gid),
)
const deleteGroupRow = q((db, p: { gid: number }) => db.deleteFrom('im_group').where('gid', '=', p.gid))
const deleteGroupDnd = q((db, p: { gid: number }) => db.deleteFrom('im_dnd_group').where('gid', '=', p.gid))
const deleteGroupShields = q((db, p: { gid: number }) => db.deleteFrom('im_shield').where('gid', '=', p.gid))
const deleteGroupMembers = q((db, p: { gid: number }) =>
  db.deleteFrom('im_group_member').where('gid', '=', p.gid),
)

export const groupMembers = q((db, p: { gid: number }) =>
  db
    .selectFrom('im_group_member')
    .innerJoin('im_user', 'im_user.id', 'im_group_member.user')
    .selectAll('im_user')
    .select('im_group_member.silenced')
    .where('im_group_member.gid', '=', p.gid)
    .orderBy('im_group_member.id'),
)
export const groupMember = q((db, p: { gid: number; user: number }) =>
  db
    .selectFrom('im_group_member')
    .select(['id', 'silenced'])
    .where('gid', '=', p.gid)
    .where('user', '=', p.user),
)
export const countGroupMembers = q((db, p: { gid: number }) =>
  db
    .selectFrom('im_group_member')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('gid', '=', p.gid),
)
export const countGroupsOfUser = q((db, p: { user: number }) =>
  db
    .selectFrom('im_group_member')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('user', '=', p.user),
)
const eldestGroupMember = q((db, p: { gid: number }) =>
  db
    .selectFrom('im_group_member')
    .innerJoin('im_user', 'im_user.id', 'im_group_member.user')
    .select(['im_user.id as id', 'im_user.username as username'])
    .where('im_group_member.gid', '=', p.gid)
    .orderBy('im_group_member.id')
    .limit(1),
)
export const insertGroupMember = q((db, p: { gid: number; user: number; now: number }) =>
  db.insertInto('im_group_member').values({ gid: p.gid, user: p.user, silenced: 0, ctime: p.now }),
)
const deleteGroupMember = q((db, p: { gid: number; user: number }) =>
  db.deleteFrom('im_group_member').where('gid', '=', p.gid).where('user', '=', p.user),
)
const deleteGroupMemberShield = q((db, p: { gid: number; user: number }) =>
  db.deleteFrom('im_shield').where('gid', '=', p.gid).where('user', '=', p.user),
)
const deleteGroupMemberDnd = q((db, p: { gid: number; user: number }) =>
  db.deleteFrom('im_dnd_group').where('gid', '=', p.gid).where('user', '=', p.user),
)
export const setSilenced = q((db, p: { gid: number; user: number; silenced: 0 | 1 }) =>
  db
    .updateTable('im_group_member')
    .set({ silenced: p.silenced })
    .where('gid', '=', p.gid)
    .where('user', '=', p.user),
)

/** The group of that id in this app; 899006 when there is none. */
export async function requireGroup(tx: Queryable, app: App, gid: number): Promise<GroupRow> {
  return demand(await tx.first(groupById, { app: app.id, gid }), 899006)
}

/** Makes a member the owner; one who was silenced may speak again, as owners cannot be silenced. */
export async function makeGroupOwner(tx: Transaction, gid: number, user: number): Promise<void> {
  await tx.run(setGroupOwner, { gid, owner: user })
  await tx.run(setSilenced, { gid, user, silenced: 0 })
}

/**
 * Takes a member out of a group. The one who has been there longest inherits it; an empty group is deleted.
 *
 * @returns the new owner, if there is one
 */
export async function leaveGroup(
  tx: Transaction,
  group: { readonly gid: number; readonly owner: number },
  user: number,
): Promise<{ readonly id: number; readonly username: string } | undefined> {
  const { gid } = group
  await tx.run(deleteGroupMember, { gid, user })
  await tx.run(deleteGroupMemberDnd, { gid, user })
  await tx.run(deleteGroupMemberShield, { gid, user })
  if (group.owner !== user) return undefined
  const heir = await tx.first(eldestGroupMember, { gid })
  if (heir) await makeGroupOwner(tx, gid, heir.id)
  else await deleteGroup(tx, gid)
  return heir
}

/** Deletes a group with what its members have set for it. */
export async function deleteGroup(tx: Transaction, gid: number): Promise<void> {
  for (const statement of [deleteGroupRow, deleteGroupMembers, deleteGroupDnd, deleteGroupShields])
    await tx.run(statement, { gid })
}
