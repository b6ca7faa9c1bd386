import { change, query, type Store } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import { databaseNow } from '../../store/schema/im-shared-tables.ts'
import { type MediaStore, newName } from './media-store.ts'

/** Bytes of a part: others do not wait for the whole of a big file. */
const PART_BYTES = 262_144
/** Parts of an upload that was cut short go after this, in ms. */
const ABANDONED_MS = 3_600_000

const q = query<ImDatabase>()
const insertPart = q((db, p: { file: string; part: number; bytes: Buffer }) =>
  db.insertInto('im_media_part').values({ file: p.file, part: p.part, bytes: p.bytes }),
)
const partsOf = q((db, p: { file: string; first: number; last: number }) =>
  db
    .selectFrom('im_media_part')
    .select('bytes')
    .where('file', '=', p.file)
    .where('part', '>=', p.first)
    .where('part', '<=', p.last)
    .orderBy('part'),
)
const deleteAbandoned = q((db, p: { age: number }) =>
  db
    .deleteFrom('im_media_part')
    .where('file', 'not in', eb => eb.selectFrom('im_media').select('im_media.file'))
    .where('at', '<', eb => eb(databaseNow, '-', p.age)),
)

/** Keeps bytes in the database, where every process finds them; uploads that a crash cut short are cleared away. */
export async function storedMedia(store: Store<ImDatabase>): Promise<MediaStore> {
  await store.apply(change(deleteAbandoned, { age: ABANDONED_MS }))
  return {
    async keep(bytes) {
      const file = newName()
      for (let part = 0; part * PART_BYTES < bytes.length; part++) {
        const from = part * PART_BYTES
        await store.apply(change(insertPart, { file, part, bytes: bytes.subarray(from, from + PART_BYTES) }))
      }
      return file
    },
    async read(file, start, end) {
      const first = Math.floor(start / PART_BYTES)
      const parts = await store.read.all(partsOf, { file, first, last: Math.floor(end / PART_BYTES) })
      if (parts.length === 0) return undefined
      const from = first * PART_BYTES
      return Buffer.concat(parts.map(({ bytes }) => bytes)).subarray(start - from, end + 1 - from)
    },
  }
}
