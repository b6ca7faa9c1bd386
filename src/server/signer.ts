import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { query, type Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'

/** Signs what the server hands out to get it back: cursors and download addresses. */
export class Signer {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** A signature of 22 URL-safe letters. `purpose` keeps one kind of signature from passing as another. */
  sign(purpose: string, text: string): string {
    return this.#hmac(purpose, text).toString('base64url')
  }

  verify(purpose: string, text: string, signature: string): boolean {
    const given = Buffer.from(signature, 'base64url')
    const right = this.#hmac(purpose, text)
    return given.length === right.length && timingSafeEqual(given, right)
  }

  #hmac(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest().subarray(0, 16)
  }
}

const q = query<ImDatabase>()
const keep = q((db, p: { value: string }) =>
  db
    .insertInto('im_secret')
    .values({ name: 'signing', value: p.value })
    .onConflict(conflict => conflict.column('name').doNothing()),
)
const read = q(db => db.selectFrom('im_secret').select('value').where('name', '=', 'signing'))

/** The signer of this store; its key is made once. */
export async function openSigner(store: Store<ImDatabase>): Promise<Signer> {
  const key = await store.write(async tx => {
    await tx.run(keep, { value: randomBytes(32).toString('base64') })
    return tx.first(read, {})
  })
  return new Signer(Buffer.from(key!.value, 'base64'))
}
