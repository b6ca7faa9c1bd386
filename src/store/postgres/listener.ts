import pg from 'pg'
import { sleep, systemClock } from '../../base/clock.ts'
import type { Hearing } from '../store.ts'
import { connectionTo } from './connection-to.ts'
import { decoded } from './texts.ts'

/** A connection that was lost may not tell: it is asked so often, in ms. */
const ASK_EVERY_MS = 3000
const RETRY_MS = 250

/** Hears what is notified on a channel, on a connection of its own that is made anew when it is lost. */
export class Listener {
  readonly #url: string
  readonly #channel: string
  readonly #hearing: Hearing
  readonly #stopped = new AbortController()
  #client: pg.Client | undefined

  constructor(url: string, channel: string, hearing: Hearing) {
    this.#url = url
    this.#channel = channel
    this.#hearing = hearing
  }

  /** Resolves once it hears. */
  async start(): Promise<void> {
    await this.#connect()
    void this.#keepOn()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  /** Looks after the connection for as long as it is wanted. */
  async #keepOn(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await sleep(systemClock, this.#client ? ASK_EVERY_MS : RETRY_MS, signal).catch(() => {})
      if (signal.aborted) return
      try {
        if (this.#client) await this.#client.query('select 1')
        else await this.#connect()
      } catch {
        this.#lost(this.#client)
      }
    }
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(connectionTo(this.#url))
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    // Who hears has to know first that it may have missed something.
    let early: string[] | undefined = []
    client.on('notification', ({ payload = '' }) => {
      const text = decoded(payload)
      if (early) early.push(text)
      else this.#hearing.heard(text)
    })
    try {
      await client.connect()
      await client.query(`listen ${client.escapeIdentifier(this.#channel)}`)
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
    if (this.#stopped.signal.aborted) return void client.end().catch(() => {})
    this.#client = client
    this.#hearing.connected()
    const missed = early
    early = undefined
    for (const text of missed) this.#hearing.heard(text)
  }

  #lost(client: pg.Client | undefined): void {
    if (!client || this.#client !== client) return
    this.#client = undefined
    void client.end().catch(() => {})
    if (!this.#stopped.signal.aborted) this.#hearing.lost()
  }
}
