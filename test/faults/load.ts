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
  /** So much slower than usual. Default: 1. */
  readonly slower?: number
}

/** Callers of webhooks, and users who speak. */
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
  /** Answered 202. Even ones go to both groups. A call is repeated, as the same one, until it is. */
  readonly accepted = new Set<number>()
  /** Answered as a repetition: the answer before was lost. */
  repeated = 0
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

  /** Begins nothing new, and waits until everything that was begun was taken. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }

  async #call(): Promise<void> {
    const { random, slower = 1 } = this.#options
    while (!this.#stopped) {
      const n = ++this.#number
      while (!(await this.#hook(n))) await sleep(RETRY_MS)
      await sleep(random() * CALL_PAUSE_MS * slower)
    }
  }

  /** Whether it was taken. */
  async #hook(n: number): Promise<boolean> {
    const { url, token } = this.#options
    try {
      const response = await fetch(`${url}/hooks/herald/announce/${n % 2 === 0 ? 'both' : 'one'}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': `call-${n}`,
        },
        body: JSON.stringify({ n }),
      })
      if (response.status === 202) this.accepted.add(n)
      else if (response.status !== 503) throw new Error(`a webhook was answered ${response.status}`)
      // The status is the promise; the rest of the answer may be cut off.
      const text = await response.text().catch(() => '')
      if (text.includes('"repeated":true')) this.repeated++
      return response.status === 202
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('a webhook was answered')) throw error
      return this.accepted.has(n)
    }
  }

  async #speak(user: string): Promise<void> {
    const { jmessage, group, random, slower = 1 } = this.#options
    while (!this.#stopped) {
      const n = ++this.#number
      try {
        await jmessage.say(user, { group }, `/say ${n}`)
        this.said.push(n)
        await sleep(random() * SPEAK_PAUSE_MS * slower)
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
