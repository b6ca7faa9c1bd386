import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

/**
 * `ahead`: how far the sandbox's clock is ahead, in ms. `words`, `quotas`: rise whenever the sensitive words of an app,
 * or the quota of one, are set.
 */
export type Setting = 'ahead' | 'words' | 'quotas'

export const allSettings = q(db => db.selectFrom('im_setting').select(['name', 'value']))
export const setting = q((db, p: { name: Setting }) =>
  db.selectFrom('im_setting').select('value').where('name', '=', p.name),
)
export const addToSetting = q((db, p: { name: Setting; by: number }) =>
  db
    .insertInto('im_setting')
    .values({ name: p.name, value: p.by })
    .onConflict(conflict =>
      conflict.column('name').doUpdateSet({ value: sql`im_setting.value + excluded.value` }),
    )
    .returning('value'),
)
