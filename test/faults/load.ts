import { setTimeout as sleep } from 'node:timers/promises'
import type { JMessage } from '../e2e/jmessage.ts'

export interface LoadOptions {
  /** Of Beadle. */
  readonly url: string
  readonly token: string
  readonly jmessage: JMessage
  /** Where users say something. */
  readonly group: number
  readonly random: () => number
}

/** Calls of webhooks under way at the same time, and users who speak. */
const CALLERS = 16
const SPEAKERS = ['alice', 'bobby']
/** Longest pauses between two calls of a caller, and two texts of a user. */
const CALL_PAUSE_MS = 200
const SPEAK_PAUSE_MS = 120
/** Wait after a call that nobody took. */
const RETRY_MS = 30

/** Calls webhooks and speaks as users, whether or not anybody listens, and notes what was taken. Each has a number. */
export class Load {
  readonly #options: LoadOptions
  /** Answered 202. Even ones go to both groups. */
  readonly accepted = new Set<number>()
  /** Sent; the answer was lost. */
  readonly unsure = new Set<number>()
  /** Users' messages that the server took, in its order. */
  readonly said: number[] = []
  /** Users' messages of which the server's answer was lost. */
  readonly unsureSaid = new Set<number>()
  #number = 0
  #running: Promise<void>[] = []
  #stopped = false

  constructor(options: LoadOptions) {
    this.#options = options
  }

  start(): void {
    const callers = Array.from({ length: CALLERS }, () => this.#call())
    this.#running = [...callers, ...SPEAKERS.map(user => this.#speak(user))]
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }

  async #call(): Promise<void> {
    const { url, token, random } = this.#options
    while (!this.#stopped) {
      const n = ++this.#number
      try {
        const response = await fetch(`${url}/hooks/herald/announce/${n % 2 === 0 ? 'both' : 'one'}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ n }),
        })
        // The status is the promise; the rest of the answer may be cut off.
        if (response.status === 202) this.accepted.add(n)
        else if (response.status !== 503) throw new Error(`a webhook was answered ${response.status}`)
        await response.text().catch(() => {})
        await sleep(random() * CALL_PAUSE_MS)
      } catch (error) {
        if (!this.accepted.has(n) && !wasRefused(error)) this.unsure.add(n)
        await sleep(RETRY_MS)
      }
    }
  }

  async #speak(user: string): Promise<void> {
    const { jmessage, group, random } = this.#options
    while (!this.#stopped) {
      const n = ++this.#number
      try {
        await jmessage.say(user, { group }, `/say ${n}`)
        this.said.push(n)
        await sleep(random() * SPEAK_PAUSE_MS)
      } catch (error) {
        if (!wasRefused(error)) this.unsureSaid.add(n)
        await sleep(RETRY_MS)
      }
    }
  }
}

/** Whether nobody was there to take it. */
const wasRefused = (error: unknown): boolean =>
  ((error as { cause?: { code?: unknown } } | undefined)?.cause?.code ?? '') === 'ECONNREFUSED'
