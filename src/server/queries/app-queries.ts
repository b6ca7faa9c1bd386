import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

/** What an app has switched on or off. */
export const switchesOf = q((db, p: { app: number }) =>
  db.selectFrom('im_app').select(['filters_words', 'sdk_register']).where('id', '=', p.app),
)
export const setFiltersWords = q((db, p: { app: number; status: 0 | 1 }) =>
  db.updateTable('im_app').set({ filters_words: p.status }).where('id', '=', p.app),
)
export const setSdkRegister = q((db, p: { app: number; status: 0 | 1 }) =>
  db.updateTable('im_app').set({ sdk_register: p.status }).where('id', '=', p.app),
)
