import type { Selectable } from 'kysely'
import { query } from '../../store/index.ts'
import type { ImDatabase, MediaTable } from '../../store/schema/im.ts'

export type MediaRow = Selectable<MediaTable>

const q = query<ImDatabase>()

export const mediaById = q((db, p: { app: number; media_id: string }) =>
  db.selectFrom('im_media').selectAll().where('media_id', '=', p.media_id).where('app', '=', p.app),
)
/** For downloads, whose address is signed. */
export const mediaOfAnyApp = q((db, p: { media_id: string }) =>
  db.selectFrom('im_media').selectAll().where('media_id', '=', p.media_id),
)
export const insertMedia = q((db, p: MediaRow) =>
  db.insertInto('im_media').values({
    media_id: p.media_id,
    app: p.app,
    file: p.file,
    type: p.type,
    name: p.name,
    size: p.size,
    hash: p.hash,
    ctime: p.ctime,
  }),
)
