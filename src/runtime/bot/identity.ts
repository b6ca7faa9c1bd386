import { randomBytes } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { ApiError, type Client } from '../../client/index.ts'
import { query, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

/** The key in an account's extras by which a bot knows it as its own. */
const TOKEN = '_beadle'

export interface IdentityOptions {
  readonly client: Client
  readonly store: Store<RuntimeTables>
  readonly appKey: string
  readonly now: () => number
  readonly log: Log
}

/** Who a bot is to be. */
export interface WantedIdentity {
  readonly bot: string
  readonly username: string
  readonly nickname?: string | undefined
  readonly avatar?: string | undefined
  /** Take over an admin of this name that exists already. */
  readonly adopt: boolean
}

const knownIdentity = query<RuntimeTables>()((db, p: { appkey: string; username: string }) =>
  db.selectFrom('identities').selectAll().where('appkey', '=', p.appkey).where('username', '=', p.username),
)

interface NewIdentity {
  appkey: string
  username: string
  bot: string
  password: string
  token: string
  at: number
}

const keepIdentity = query<RuntimeTables>()((db, p: NewIdentity) =>
  db
    .insertInto('identities')
    .values({
      appkey: p.appkey,
      username: p.username,
      bot: p.bot,
      password: p.password,
      token: p.token,
      registered: 0,
      created_at: p.at,
    })
    // Another process may be starting with the same bot.
    .onConflict(conflict => conflict.columns(['appkey', 'username']).doNothing()),
)

const markRegistered = query<RuntimeTables>()((db, p: { appkey: string; username: string }) =>
  db
    .updateTable('identities')
    .set({ registered: 1 })
    .where('appkey', '=', p.appkey)
    .where('username', '=', p.username),
)

/**
 * Sees to it that a bot has its admin account: registered at the first start, known again at every later one. The
 * password is made here, kept in the store and shown to nobody.
 *
 * @throws AppError `identity.taken` when the username belongs to someone else
 * @throws TransportError when JMessage has to be asked and cannot be reached
 */
export async function ensureIdentity(options: IdentityOptions, wanted: WantedIdentity): Promise<void> {
  const { client, store, appKey: appkey, log } = options
  const { username, bot, nickname, avatar, adopt } = wanted
  let identity = await store.read.first(knownIdentity, { appkey, username })
  if (identity?.registered) return
  if (!identity) {
    // Kept before the account is made: if the answer is lost, the token tells that it is ours.
    const fresh = {
      password: randomBytes(24).toString('base64url'),
      token: randomBytes(12).toString('base64url'),
    }
    await store.write(tx => tx.run(keepIdentity, { appkey, username, bot, ...fresh, at: options.now() }))
    identity = (await store.read.first(knownIdentity, { appkey, username }))!
  }
  const { password, token } = identity
  const profile = {
    ...(nickname === undefined ? {} : { nickname }),
    ...(avatar === undefined ? {} : { avatar }),
  }
  try {
    await client.admins.register({ body: { username, password, ...profile, extras: { [TOKEN]: token } } })
    log.info({ bot, username }, 'registered the admin account of a bot')
  } catch (error) {
    if (!(error instanceof ApiError && error.jmCode === 899001)) throw error
    if (!(await isOurs(client, username, token)) && !(adopt && (await isAdmin(client, username)))) {
      throw taken(wanted, error)
    }
  }
  await store.write(tx => tx.run(markRegistered, { appkey, username }))
}

async function isOurs(client: Client, username: string, token: string): Promise<boolean> {
  const user = await client.users.get({ username })
  return user.extras?.[TOKEN] === token
}

async function isAdmin(client: Client, username: string): Promise<boolean> {
  for (let start = 0; ; ) {
    const page = await client.admins.list({ start, count: 500 })
    if (page.users.some(user => user.username === username)) return true
    start += page.users.length
    if (page.users.length === 0 || start >= page.total) return false
  }
}

const taken = ({ bot, username, adopt }: WantedIdentity, cause: Error): AppError =>
  new AppError(
    adopt
      ? `bot ${bot}: the username '${username}' belongs to a user who is not an admin`
      : `bot ${bot}: the username '${username}' is taken, and not by this Beadle`,
    {
      code: 'identity.taken',
      hint: adopt
        ? 'Choose another username: JMessage cannot make an admin of a user.'
        : `Choose another username. If the account is this bot's own, start with the data folder that it was made with, or set 'adopt: true' in the bot's file.`,
      cause,
    },
  )
