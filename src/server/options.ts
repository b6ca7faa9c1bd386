import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'

/** An app the server serves: who may call it, and where its callback goes. */
export interface ServerApp {
  /** 24 letters or digits. */
  readonly appKey: string
  /** 24 letters or digits. */
  readonly masterSecret: string
  /** URL that messages of users are posted to. */
  readonly callback?: string
  /** Posts what happens to groups and users there too: an extension that JMessage's callback does not have. */
  readonly callbackEvents?: boolean
}

export interface ServerOptions {
  /** `undefined`: no socket, only {@link ImServer.fetch}. Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number } | undefined
  /** `:memory:`, or a folder for the database and the uploaded files; it is made. Not used with {@link database}. */
  readonly data?: string
  /**
   * `postgres://…`: a database that several servers may share, with the uploaded files in it. They serve the same apps
   * then, with the same secrets.
   */
  readonly database?: string
  readonly apps: readonly ServerApp[]
  /** Takes what is posted to callbacks in this process, in place of the network. */
  readonly callbackFetch?: (request: Request) => Promise<Response>
  /** Whether to serve `/sandbox/…`: the clock, sending as ordinary users, and what they receive. Never in public. */
  readonly sandbox?: boolean
  /** How long it is waited at the start for a PostgreSQL that does not answer yet, in ms. Default 30,000. */
  readonly databaseWaitMs?: number
  /** `FULL` (default): what was answered survives a power cut. `NORMAL`: the end of the process. */
  readonly synchronous?: 'FULL' | 'NORMAL'
  readonly clock?: Clock
  /** Base of download URLs; by default the address of the request. */
  readonly publicUrl?: string
  /** Lets `messages.send` take `from_type` "user" for any registered user. Off, as in the original. */
  readonly allowUserSenders?: boolean
  /** Members of a chat room at most. Default 10,000, as in the original. */
  readonly maxRoomMembers?: number
  /** Calls a minute of each app, or `off`. Default: 600, as in the original; `off` in a sandbox. */
  readonly rateLimit?: number | 'off'
  readonly log?: Log
}

export interface ImServer {
  readonly url: string
  /** Answers a request as the socket would. */
  fetch(request: Request): Promise<Response>
  /** Takes no more requests, finishes what runs (for at most five seconds) and closes the store. */
  close(): Promise<void>
}

const KEY = /^[A-Za-z0-9]{24}$/

/**
 * Refuses apps that real clients could not use.
 *
 * @throws AppError that names the field and shows no secret
 */
export function checkApps(apps: readonly ServerApp[]): void {
  const refuse = (message: string, hint: string): never => {
    throw new AppError(message, { code: 'server.app', hint })
  }
  const seen = new Set<string>()
  for (const [index, app] of apps.entries()) {
    for (const field of ['appKey', 'masterSecret'] as const) {
      if (!KEY.test(app[field]))
        refuse(
          `${field} of app ${index + 1} must be 24 letters or digits`,
          'JMessage clients refuse other keys. For example: openssl rand -hex 12',
        )
    }
    if (app.callback !== undefined && !isHttpUrl(app.callback))
      refuse(
        `callback of app ${app.appKey} must be an http or https URL`,
        'For example http://127.0.0.1:7071/callbacks/jmessage',
      )
    const key = app.appKey.toLowerCase()
    if (seen.has(key)) refuse(`app ${app.appKey} is given twice`, 'Give each app once.')
    seen.add(key)
  }
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
