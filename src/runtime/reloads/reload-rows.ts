import { query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

const q = query<RuntimeTables>()

export const insertReload = q((db, p: { id: string; at: number }) =>
  db.insertInto('reloads').values({ id: p.id, asked_at: p.at }),
)

/** Those that a process has not answered. */
export const openReloads = q((db, p: { node: string; since: number }) =>
  db
    .selectFrom('reloads')
    .select('id')
    .where('asked_at', '>=', p.since)
    .where(eb =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('reload_answers')
            .select('node')
            .whereRef('reload', '=', 'reloads.id')
            .where('node', '=', p.node),
        ),
      ),
    )
    .orderBy('id'),
)

export const insertAnswer = q(
  (db, p: { reload: string; node: string; name: string; at: number; answer: string }) =>
    db
      .insertInto('reload_answers')
      .values({ reload: p.reload, node: p.node, name: p.name, answered_at: p.at, answer: p.answer })
      .onConflict(conflict => conflict.columns(['reload', 'node']).doNothing()),
)

export const answersTo = q((db, p: { reload: string }) =>
  db
    .selectFrom('reload_answers')
    .select(['node', 'name', 'answer'])
    .where('reload', '=', p.reload)
    .orderBy('name')
    .orderBy('node'),
)

export const pruneReloads = q((db, p: { before: number }) =>
  db.deleteFrom('reloads').where('asked_at', '<', p.before),
)

export const pruneAnswers = q((db, p: { before: number }) =>
  db.deleteFrom('reload_answers').where('answered_at', '<', p.before),
)
