import { createHash, timingSafeEqual } from 'node:crypto'
import type { App, Apps } from './apps.ts'
import { Refusal } from './refusal.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const MOST_CACHED = 1000

/** HTTP Basic with appKey and masterSecret. */
export class Authenticator {
  readonly #apps: Apps
  /** Headers that were right once, so that checking one again costs a look-up. */
  readonly #known = new Map<string, App>()

  constructor(apps: Apps) {
    this.#apps = apps
  }

  /** The app that calls. */
  app(header: string | null | undefined): App {
    if (!header) throw new Refusal(899007)
    const known = this.#known.get(header)
    if (known) return known
    const app = this.#check(header)
    // One app can write its header in more than one way, so the map is kept bounded.
    if (this.#known.size < MOST_CACHED) this.#known.set(header, app)
    return app
  }

  #check(header: string): App {
    const encoded = /^\s*basic\s(.*)$/i.exec(header)?.[1]
    if (encoded === undefined) throw new Refusal(899007)
    const text = Buffer.from(encoded, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon < 0) throw new Refusal(899008)
    const app = this.#apps.withKey(text.slice(0, colon))
    if (!app) throw new Refusal(899009)
    // Digests have one length, so the comparison tells nothing about the secret.
    if (!timingSafeEqual(digest(text.slice(colon + 1)), digest(app.masterSecret))) throw new Refusal(899008)
    return app
  }
}
