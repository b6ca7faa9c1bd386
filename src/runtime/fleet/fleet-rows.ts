import { sql } from 'kysely'
import { type Change, change, query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

// Only PostgreSQL is shared by processes, so that these are for it alone.

/** A node that was not heard of for so long is taken for dead, and what it had is taken over: ms. */
export const TTL_MS = 5000
/** The channel on which nodes tell each other of what they committed. */
export const CHANNEL = 'beadle'

const q = query<RuntimeTables>()

/** The time of the database: epoch ms, with parts of it. */
const NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`
/** As {@link NOW}, whole. */
export const WHOLE_NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
export const isAlive = sql<boolean>`nodes.beat_at > ${WHOLE_NOW} - ${sql.lit(TTL_MS)}`

export const databaseTime = q((db, _: object) => db.selectNoFrom(NOW.as('at')))

/** This node is alive. */
export const beat = q((db, p: { id: string; name: string; errorMs: number }) =>
  db
    .insertInto('nodes')
    .values({ id: p.id, name: p.name, started_at: WHOLE_NOW, beat_at: WHOLE_NOW, error_ms: p.errorMs })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet(({ ref }) => ({ beat_at: ref('excluded.beat_at'), error_ms: ref('excluded.error_ms') })),
    )
    .returning('beat_at'),
)

export const leave = q((db, p: { id: string }) => db.deleteFrom('nodes').where('id', '=', p.id))

/** The nodes that are alive. */
export const liveNodes = q((db, _: object) =>
  db.selectFrom('nodes').select(['id', 'name', 'error_ms']).where(isAlive).orderBy('id'),
)

/** Forgets nodes that died long ago, and have nothing. */
export const forgetNodes = q((db, p: { longMs: number }) =>
  db
    .deleteFrom('nodes')
    .where('beat_at', '<', sql<number>`${WHOLE_NOW} - ${p.longMs}::bigint`)
    .where(
      'id',
      'not in',
      eb => eb.selectFrom('partitions').select('owner').where('owner', 'is not', null) as never,
    ),
)

export const partsOf = q((db, p: { id: string }) =>
  db.selectFrom('partitions').select('number').where('owner', '=', p.id).orderBy('number'),
)

/**
 * Takes parts that nobody has, or, with `theirs`, that dead nodes had: those that another node is just taking are passed
 * over. What was taken since this statement began is looked at anew, and known by when it was taken.
 */
const take = (theirs: boolean) =>
  q((db, p: { id: string; most: number }) =>
    db
      .updateTable('partitions')
      .set({ owner: p.id, owned_at: WHOLE_NOW })
      .from(
        db
          .selectFrom('partitions')
          .select([
            'number',
            eb => eb.selectFrom('nodes').select('beat_at').whereRef('id', '=', 'owner').as('heardAt'),
          ])
          .where(eb => {
            const isFree = eb('owner', 'is', null)
            if (!theirs) return isFree
            const owner = eb.selectFrom('nodes').select('id').whereRef('id', '=', 'owner').where(isAlive)
            const isOld = eb('owned_at', '<', sql<number>`${WHOLE_NOW} - ${sql.lit(TTL_MS)}`)
            return eb.or([isFree, eb.and([isOld, eb.not(eb.exists(owner))])])
          })
          .orderBy(sql`random()`)
          .limit(p.most)
          .forUpdate()
          .skipLocked()
          .as('free'),
      )
      .whereRef('partitions.number', '=', 'free.number')
      .returning(['partitions.number', sql<number | null>`${WHOLE_NOW} - free."heardAt"`.as('silentMs')]),
  )

export const takeFree = take(false)
export const takeFreeOrLeft = take(true)

/** Gives up parts: JSON, their numbers. */
export const giveUp = q((db, p: { id: string; parts: string }) =>
  db
    .updateTable('partitions')
    .set({ owner: null, owned_at: null })
    .where('owner', '=', p.id)
    .where('number', 'in', sql<number>`(select json_array_elements_text(${p.parts}::json)::int)`),
)

/** Has every node hear a text, once the statement that asks for this is committed. */
export const told = (text: string) => sql`pg_notify(${sql.lit(CHANNEL)}, ${text})`.as('told')

const notify = q((db, p: { text: string }) => db.selectNoFrom(told(p.text)))

/** Has every node hear a text, once what is written with it is committed. */
export const notification = (text: string): Change => change(notify, { text })
