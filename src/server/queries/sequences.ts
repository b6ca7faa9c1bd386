import { query, type Transaction } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()
const read = q((db, p: { name: string }) =>
  db.selectFrom('im_sequence').select('next').where('name', '=', p.name),
)
const write = q((db, p: { name: string; next: number }) =>
  db
    .insertInto('im_sequence')
    .values({ name: p.name, next: p.next })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ next: p.next })),
)

/** Where the ids begin: real clients take a target_id of fewer than four digits for a mistake. */
const firsts = { group: 10_000_001, room: 20_000_001 } as const

/** The next id of its kind; one that was deleted does not come back. */
export async function nextId(tx: Transaction, name: keyof typeof firsts): Promise<number> {
  const id = (await tx.first(read, { name }))?.next ?? firsts[name]
  await tx.run(write, { name, next: id + 1 })
  return id
}
