import { sleep, systemClock } from '../base/clock.ts'
import type { Connection } from '../runtime/http.ts'
import type { Shortcut } from '../runtime/shortcut.ts'
import type { MainConfig } from './config/index.ts'
import { door } from './door.ts'
import { listen } from './listen.ts'

/** What is known of whoever sent a request. */
export interface Caller extends Connection {
  /** Its address; of a request that a server of Node.js took, that of its socket is known without. */
  readonly address?: string
}

export type Fetch = (request: Request, caller?: Caller) => Promise<Response>

export interface FrontOptions {
  readonly main: Pick<MainConfig, 'listen' | 'publicUrl'>
  /** Whether it listens on an address; else it is asked by {@link Front.fetch} alone. */
  readonly listens: boolean
  /** Answers requests; `undefined` while there is nobody to do so yet. */
  readonly fetch: (request: Request, connection?: Connection) => Response | Promise<Response> | undefined
  readonly shortcut: Shortcut
  readonly isOpen: () => boolean
}

/** Where requests come in. */
export interface Front {
  readonly url: string
  /** On which it listens, if it does. */
  readonly port: number | undefined
  readonly fetch: Fetch
  /** Waits for the requests that are being answered, for at most `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** How often is looked whether all requests are answered, in ms. */
const LOOK_MS = 20

/** @throws AppError `listen.in-use`, and others of {@link listen} */
export async function openFront({ main, listens, fetch, shortcut, isOpen }: FrontOptions): Promise<Front> {
  const enter = door((request, from) => fetch(request, from), isOpen)
  let underWay = 0
  const counted: Fetch = async (request, caller) => {
    underWay++
    try {
      return await enter(request, connectionOf(caller))
    } finally {
      underWay--
    }
  }
  if (!listens) {
    return {
      url: main.publicUrl ?? 'http://localhost',
      port: undefined,
      fetch: counted,
      async close(graceMs) {
        const end = systemClock.now() + graceMs
        while (underWay > 0 && systemClock.now() < end) await sleep(systemClock, LOOK_MS)
      },
    }
  }
  const setting = 'listen in config.yaml (or BEADLE_LISTEN)'
  const listening = await listen({ ...main.listen, fetch: enter, shortcut, name: 'Beadle', setting })
  return { ...listening, fetch: counted }
}

/** Without a socket it must not look as if this process asked itself. */
function connectionOf({ incoming, address }: Caller = {}): Connection {
  const remoteAddress = incoming?.socket?.remoteAddress ?? (typeof address === 'string' ? address : undefined)
  return { incoming: { socket: { remoteAddress } } }
}
