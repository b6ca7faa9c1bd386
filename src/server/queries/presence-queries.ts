import { type Kysely, sql } from 'kysely'
import { isForPostgres, type Queryable, query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

export const sessionsOf = q((db, p: { user: number }) =>
  db.selectFrom('im_session').select('platform').where('user', '=', p.user).orderBy('platform'),
)
export const insertSession = q((db, p: { user: number; platform: string; now: number }) =>
  db
    .insertInto('im_session')
    .values({ user: p.user, platform: p.platform, since: p.now })
    .onConflict(conflict => conflict.columns(['user', 'platform']).doNothing()),
)
export const deleteSession = q((db, p: { user: number; platform: string }) =>
  db.deleteFrom('im_session').where('user', '=', p.user).where('platform', '=', p.platform),
)
export const deleteSessions = q((db, p: { user: number }) =>
  db.deleteFrom('im_session').where('user', '=', p.user),
)
/** Once a day and user. */
export const insertActive = q((db, p: { app: number; day: number; user: number }) =>
  db
    .insertInto('im_active')
    .values({ app: p.app, day: p.day, user: p.user })
    .onConflict(conflict => conflict.columns(['app', 'day', 'user']).doNothing()),
)

const received = q((db, p: { user: number }) =>
  db.selectFrom('im_received').select('msgid').where('user', '=', p.user),
)
/** Of a user deleted meanwhile nothing is kept: 0 rows change. */
export const setReceived = q((db, p: { user: number; msgid: number }) =>
  db
    .insertInto('im_received')
    .columns(['user', 'msgid'])
    .expression(
      db
        .selectFrom('im_user')
        .select(eb => ['id as user', eb.val(p.msgid).as('msgid')])
        .where('id', '=', p.user),
    )
    .onConflict(conflict => conflict.column('user').doUpdateSet({ msgid: p.msgid })),
)

/** The newest message a user has received; 0 when it never received one. */
export const receivedUpTo = async (read: Queryable, user: number): Promise<number> =>
  (await read.first(received, { user }))?.msgid ?? 0

interface Newest {
  target: number
  after: number
  count: number
}
/** The newest messages to a target, newest first. */
export const newestTo = q((db, p: Newest) =>
  db
    .selectFrom('im_message')
    .selectAll()
    .where('target', '=', p.target)
    .where('msgid', '>', p.after)
    .orderBy('msgid', 'desc')
    .limit(p.count),
)

/** Groups whose messages a user wants, and when it joined them. */
export const unshieldedGroups = q((db, p: { user: number }) =>
  db
    .selectFrom('im_group_member as member')
    .leftJoin('im_shield as shield', join =>
      join.onRef('shield.user', '=', 'member.user').onRef('shield.gid', '=', 'member.gid'),
    )
    .select(['member.gid as gid', 'member.ctime as joined'])
    .where('member.user', '=', p.user)
    .where('shield.gid', 'is', null),
)

/**
 * On PostgreSQL, only who was a member already when what has this number happened: streams are told of it later. On
 * SQLite they are told at once.
 */
const memberBefore = (db: Kysely<ImDatabase>, number: number) =>
  isForPostgres(db) ? sql<boolean>`member.since < ${number}` : sql<boolean>`true`

/** How the members of a group want a message of it. */
export const membersForDelivery = q((db, p: { gid: number; number: number }) =>
  db
    .selectFrom('im_group_member as member')
    .innerJoin('im_user as person', 'person.id', 'member.user')
    .leftJoin('im_shield as shield', join =>
      join.onRef('shield.user', '=', 'member.user').onRef('shield.gid', '=', 'member.gid'),
    )
    .leftJoin('im_dnd_group as quiet', join =>
      join.onRef('quiet.user', '=', 'member.user').onRef('quiet.gid', '=', 'member.gid'),
    )
    .select(['member.user as user', 'person.dnd as dnd', 'quiet.gid as quiet', 'shield.gid as shielded'])
    .where('member.gid', '=', p.gid)
    .where(memberBefore(db, p.number)),
)
/** Who is told of something in a group. */
export const membersToTell = q((db, p: { gid: number; number: number }) =>
  db
    .selectFrom('im_group_member as member')
    .select('member.user as user')
    .where('member.gid', '=', p.gid)
    .where(memberBefore(db, p.number)),
)
/** A row for who is told of something in a room. */
export const insideToTell = q((db, p: { room: number; user: number; number: number }) =>
  db
    .selectFrom('im_room_member as member')
    .select('member.user as user')
    .where('member.room', '=', p.room)
    .where('member.user', '=', p.user)
    .where(memberBefore(db, p.number)),
)

export const userDnd = q((db, p: { user: number }) =>
  db.selectFrom('im_user').select('dnd').where('id', '=', p.user),
)
export const userDndFor = q((db, p: { user: number; other: number }) =>
  db.selectFrom('im_dnd_user').select('other').where('user', '=', p.user).where('other', '=', p.other),
)
export const groupDndOf = q((db, p: { user: number; gid: number }) =>
  db.selectFrom('im_dnd_group').select('gid').where('user', '=', p.user).where('gid', '=', p.gid),
)
