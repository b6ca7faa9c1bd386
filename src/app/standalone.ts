import { AppError } from '../base/errors.ts'
import { type ImServer, type ServerApp, startServer } from '../server/index.ts'
import { isPostgres } from '../store/index.ts'
import { parseAddress } from './config/index.ts'
import { secretsOf } from './hide-secrets.ts'
import { createLog } from './log.ts'

/** What `beadle server` is told on the command line. */
export interface StandaloneOptions {
  /** `HOST:PORT` */
  readonly listen: string
  /** A folder, or `:memory:`. */
  readonly data: string
  /** `postgres://…`, in place of `data`. */
  readonly database?: string
  /** `KEY:SECRET` each. */
  readonly app: readonly string[]
  readonly callback?: string
  readonly callbackEvents?: boolean
  readonly userSenders?: boolean
  /** A number. */
  readonly roomMembers?: string
  readonly sandbox?: boolean
  /** Calls a minute, or `off`. */
  readonly rateLimit?: string
}

/** Starts the IM server alone. */
export async function startStandalone(options: StandaloneOptions): Promise<ImServer> {
  const { listen: address, data, database, app, callback, sandbox = false, rateLimit } = options
  const listen = parseAddress(address)
  if (!listen) throw usage(`--listen ${address}: must be HOST:PORT`)
  // Not repeated: it may hold a password.
  if (database !== undefined && !isPostgres(database))
    throw usage('--database: must be postgres://USER:PASSWORD@HOST:PORT/NAME; for SQLite, use --data')
  if (callback !== undefined && !/^https?:\/\//.test(callback))
    throw usage('--callback: must be an http(s) URL')
  if (rateLimit !== undefined && !/^(off|[1-9]\d{0,6})$/.test(rateLimit))
    throw usage(`--rate-limit ${rateLimit}: must be off, or a number of calls a minute`)
  const { callbackEvents = false, userSenders = false, roomMembers } = options
  if (callbackEvents && callback === undefined) throw usage('--callback-events: needs --callback')
  if (roomMembers !== undefined && !/^[1-9]\d{0,8}$/.test(roomMembers))
    throw usage(`--room-members ${roomMembers}: must be a number of members`)
  const apps = app.map(text => ({ ...parseApp(text), ...(callback ? { callback, callbackEvents } : {}) }))
  const secrets = apps.flatMap(({ appKey, masterSecret }) =>
    secretsOf({ main: { jmessage: { appKey, masterSecret } } }),
  )
  const log = await createLog({ level: 'info', format: 'auto' }, [...secrets, ...passwordsIn(database)])
  return startServer({
    listen,
    ...(database === undefined ? { data } : { database }),
    apps,
    sandbox,
    allowUserSenders: userSenders,
    ...(roomMembers === undefined ? {} : { maxRoomMembers: Number(roomMembers) }),
    ...(rateLimit === undefined ? {} : { rateLimit: rateLimit === 'off' ? 'off' : Number(rateLimit) }),
    log,
  })
}

/** As it is written in an address, and as it is. */
function passwordsIn(url: string | undefined): string[] {
  const password = url !== undefined && URL.canParse(url) ? new URL(url).password : ''
  if (password === '') return []
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

function parseApp(text: string): ServerApp {
  const [appKey = '', masterSecret, ...rest] = text.split(':')
  // The text is not repeated: it holds a secret.
  if (masterSecret === undefined || rest.length > 0) throw usage('--app: must be KEY:SECRET')
  return { appKey, masterSecret }
}

const usage = (message: string) =>
  new AppError(message, { code: 'cli.usage', hint: 'beadle server --help shows how.' })
