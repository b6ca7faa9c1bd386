import type { Signer } from '../signer.ts'

/** A download address is good for an hour. */
const GOOD_MS = 3_600_000

/** Addresses that can be handed to anyone, and end. */
export class DownloadUrls {
  readonly #signer: Signer
  readonly #now: () => number

  constructor(signer: Signer, now: () => number) {
    this.#signer = signer
    this.#now = now
  }

  /** @param base scheme and host of this server as the caller knows it */
  issue(base: string, mediaId: string): string {
    const until = String(this.#now() + GOOD_MS)
    const signature = this.#signer.sign('download', `${mediaId}\n${until}`)
    return `${base.replace(/\/+$/, '')}/media/${mediaId}?expires=${until}&signature=${signature}`
  }

  isGood(mediaId: string, expires: string, signature: string): boolean {
    return (
      this.#signer.verify('download', `${mediaId}\n${expires}`, signature) && this.#now() <= Number(expires)
    )
  }
}
