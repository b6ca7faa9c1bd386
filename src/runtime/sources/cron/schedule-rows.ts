import { sql } from 'kysely'
import { type Change, change, elements, listText, query } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'

/** A schedule, as it is kept. */
export interface ScheduleRow {
  bot: string
  plugin: string
  name: string
  expression: string
  timezone: string
  /** Firings up to this moment became events, or were passed over: epoch ms. */
  accountedAt: number
  /** The last moment that it fired for. */
  firedAt: number | null
}

export const allSchedules = query<RuntimeTables>()((db, _: object) =>
  db
    .selectFrom('schedules')
    .select(['bot', 'plugin', 'name', 'expression', 'timezone'])
    .select(['accounted_at as accountedAt', 'fired_at as firedAt']),
)

const COLUMNS = [
  ...(['bot', 'plugin', 'name', 'expression', 'timezone'] as const),
  ...(['accounted_at', 'fired_at'] as const),
]

const keepRows = query<RuntimeTables>()((db, p: { rows: string }) =>
  db
    .insertInto('schedules')
    .columns(COLUMNS)
    .expression(
      db
        .selectFrom(elements(db, p.rows, 'row'))
        .select(
          COLUMNS.map((column, index) =>
            (column.endsWith('_at')
              ? sql<string>`cast(${sql.ref('row.value')} ->> ${sql.lit(index)} as bigint)`
              : sql<string>`${sql.ref('row.value')} ->> ${sql.lit(index)}`
            ).as(column),
          ),
        )
        // Without it SQLite takes the conflict for a join.
        .where(sql.lit(true)),
    )
    .onConflict(conflict =>
      conflict.columns(['bot', 'plugin', 'name']).doUpdateSet(({ ref }) => ({
        expression: ref('excluded.expression'),
        timezone: ref('excluded.timezone'),
        accounted_at: ref('excluded.accounted_at'),
        fired_at: ref('excluded.fired_at'),
      })),
    ),
)

/** A {@link ScheduleRow} as the values of its columns: little to collect, as there may be thousands. */
export type ScheduleValues = readonly [
  bot: string,
  plugin: string,
  name: string,
  expression: string,
  timezone: string,
  accountedAt: number,
  firedAt: number | null,
]

/** Keeps schedules: all with one statement, as thousands may be set up at once. */
export const keepSchedules = (rows: readonly ScheduleValues[]): Change =>
  change(keepRows, { rows: listText(rows) })

export const forgetSchedule = query<RuntimeTables>()((db, p: { bot: string; plugin: string; name: string }) =>
  db
    .deleteFrom('schedules')
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('name', '=', p.name),
)

/** Those that fire no more, as a person wants. */
export const pausedSchedules = query<RuntimeTables>()((db, _: object) =>
  db
    .selectFrom('schedules')
    .select(['bot', 'plugin', 'name', 'paused_at'])
    .where('paused_at', 'is not', null),
)

/** @param p.at  epoch ms; null: it fires again */
export const pauseSchedule = query<RuntimeTables>()(
  (db, p: { bot: string; plugin: string; name: string; at: number | null }) =>
    db
      .updateTable('schedules')
      .set({ paused_at: p.at })
      .where('bot', '=', p.bot)
      .where('plugin', '=', p.plugin)
      .where('name', '=', p.name),
)
