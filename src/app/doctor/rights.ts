import { ApiError, type Client, createClient } from '../../client/index.ts'
import { clientOptions } from '../client-options.ts'
import { appsOf, type LoadedBot, type NamedApp } from '../config/index.ts'
import { type Check, type Finding, failure, ok, type Patient, warning } from './finding.ts'
import { knownAccounts } from './known-accounts.ts'
import { type Place, placesOf } from './places.ts'

type Found = Omit<Finding, 'check'>

const TIMEOUT_MS = 4000
/** More of them are not asked for one by one. */
const MOST_BOTS = 50
const MOST_GROUPS = 50
const NO_USER = 899002
const NO_GROUP = 899006
const NO_ROOM = 899081

/** Whether bots have accounts that may send, and the groups and rooms are there that their files name. */
export const rights: Check = {
  name: 'rights',
  needsNetwork: true,
  look: async patient =>
    (await Promise.all(appsOf(patient.config.main).map(app => lookAt(patient, app)))).flat(),
}

async function lookAt(patient: Patient, app: NamedApp): Promise<Found[]> {
  const { config } = patient
  const bots = config.bots.filter(one => one.config.enabled && (one.config.app ?? 'main') === app.name)
  if (bots.length === 0) return []
  const client = createClient({ ...clientOptions(config.main, app), timeoutMs: TIMEOUT_MS, quota: 'off' })
  try {
    const admins = await adminsOf(client)
    const own = await knownAccounts(config.main.database, app.appKey)
    const live = bots.filter(one => one.config.mode === 'live').slice(0, MOST_BOTS)
    const accounts = await Promise.all(live.map(bot => accountOf(client, bot, { admins, own })))
    return [...accounts.flat(), ...(await missingPlaces(client, bots))]
  } catch (error) {
    // What is the matter with JMessage is told of by another check.
    if (!(error instanceof ApiError) && app.endpoint === undefined) return []
    return [warning(`the rights of the bots of app ${app.name} could not be looked at`)]
  } finally {
    await client.close()
  }
}

async function adminsOf(client: Client): Promise<Set<string>> {
  const { users } = await client.admins.list({ start: 0, count: 500 })
  return new Set(users.map(({ username }) => username))
}

async function accountOf(
  client: Client,
  { id, config: { username, adopt } }: LoadedBot,
  { admins, own }: { readonly admins: ReadonlySet<string>; readonly own: ReadonlySet<string> },
): Promise<Found[]> {
  const who = `bot ${id} as ${username}`
  if (admins.has(username)) {
    if (own.has(username) || adopt) return [ok(`${who} is an admin`)]
    return [
      failure(
        `${who}: this admin is not known to the database`,
        "Start with the data folder that it was made with, or set 'adopt: true'.",
      ),
    ]
  }
  try {
    await client.users.get({ username })
    return [
      failure(
        `${who} is a user, and no admin: it may not send`,
        'Choose another username: JMessage makes no admin of a user.',
      ),
    ]
  } catch (error) {
    if (!(error instanceof ApiError) || error.jmCode !== NO_USER) throw error
    if (own.has(username))
      return [failure(`${who}: the account is gone`, 'Was it deleted? Choose another username.')]
    return [ok(`${who} is registered by the first start`)]
  }
}

async function missingPlaces(client: Client, bots: readonly LoadedBot[]): Promise<Found[]> {
  const all = bots.flatMap(placesOf)
  const groups = byId(all.filter(({ kind }) => kind === 'group'))
  const rooms = byId(all.filter(({ kind }) => kind === 'room'))
  const checked = [...groups.values()].slice(0, MOST_GROUPS)
  const missing = await Promise.all(
    checked.map(async place => ((await hasGroup(client, place.id)) ? [] : [place])),
  )
  const there = await roomsAmong(client, [...rooms.keys()].slice(0, 500))
  const gone = [...missing.flat(), ...[...rooms.values()].filter(({ id }) => !there.has(id))]
  if (gone.length === 0) {
    const count = groups.size + rooms.size
    return count === 0 ? [] : [ok(`the ${count} groups and chat rooms that the bots' files name are there`)]
  }
  return gone.map(({ kind, id, where }) =>
    failure(
      `there is no ${kind === 'group' ? 'group' : 'chat room'} ${id} in the app, which ${where} names`,
      'Put the id of one of the app there.',
    ),
  )
}

const byId = (places: readonly Place[]): Map<number, Place> =>
  new Map([...places].reverse().map(place => [place.id, place]))

async function hasGroup(client: Client, gid: number): Promise<boolean> {
  try {
    await client.groups.get({ gid })
    return true
  } catch (error) {
    if (error instanceof ApiError && error.jmCode === NO_GROUP) return false
    throw error
  }
}

async function roomsAmong(client: Client, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  try {
    const rooms = await client.chatrooms.getBatch({ body: [...ids] })
    return new Set(rooms.map(({ id }) => id))
  } catch (error) {
    if (error instanceof ApiError && error.jmCode === NO_ROOM) return new Set()
    throw error
  }
}
