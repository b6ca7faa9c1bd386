import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { isAlive, WHOLE_NOW } from './fleet-rows.ts'

// As those of the fleet, for PostgreSQL alone.

const q = query<RuntimeTables>()

/** Notes what a node is at. `notes` is JSON: a list of `{ bot, plugin, event?, certain }`. */
export const noteStuck = q((db, p: { node: string; notes: string }) =>
  db
    .insertInto('stuck')
    .columns(['node', 'event_id', 'bot', 'plugin', 'certain', 'noted_at'])
    .expression(
      sql`select ${p.node}::text, coalesce(event, ''), bot, plugin, certain::int, ${WHOLE_NOW}
        from json_to_recordset(${p.notes}::json) as noted(event text, bot text, plugin text, certain boolean)`,
    )
    .onConflict(conflict => conflict.doNothing()),
)

/** A node goes on. */
export const forgetStuckOf = q((db, p: { node: string }) => db.deleteFrom('stuck').where('node', '=', p.node))

/** What is noted of nodes that are dead, with the part that each delivery is in. */
export const stuckOfDead = q((db, _: object) =>
  db
    .selectFrom('stuck')
    .leftJoin('deliveries', join =>
      join
        .onRef('deliveries.event_id', '=', 'stuck.event_id')
        .onRef('deliveries.bot', '=', 'stuck.bot')
        .onRef('deliveries.plugin', '=', 'stuck.plugin'),
    )
    .select(['stuck.node', 'stuck.event_id', 'stuck.bot', 'stuck.plugin', 'stuck.certain', 'partition'])
    .where(eb =>
      eb.not(
        eb.exists(
          eb.selectFrom('nodes').select('nodes.id').whereRef('nodes.id', '=', 'stuck.node').where(isAlive),
        ),
      ),
    )
    // What is certain of one node need not be found out of another.
    .orderBy('stuck.certain', 'desc')
    .orderBy('stuck.event_id'),
)

export const forgetStuck = q((db, p: { node: string; event: string; bot: string; plugin: string }) =>
  db
    .deleteFrom('stuck')
    .where('node', '=', p.node)
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)
