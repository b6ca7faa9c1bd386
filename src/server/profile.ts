import { formatWireTime, type NewUser, type UserRecord } from '../protocol/index.ts'
import type { App } from './apps.ts'
import type { Profile, UserRow } from './queries/user-queries.ts'

type ProfileInput = Omit<NewUser, 'username' | 'password'>

const texts = ['nickname', 'avatar', 'birthday', 'signature', 'region', 'address'] as const

/** The columns that an input names; an empty text clears its column. */
export function profileChanges(input: ProfileInput): Partial<Profile> {
  const changes: Partial<Profile> = {}
  for (const field of texts) if (input[field] !== undefined) changes[field] = input[field] || null
  if (input.gender !== undefined) changes.gender = input.gender
  if (input.extras !== undefined)
    changes.extras = Object.keys(input.extras).length > 0 ? JSON.stringify(input.extras) : null
  return changes
}

/** All columns of a new user's profile. */
export const newProfile = (input: ProfileInput): Profile => ({
  nickname: null,
  avatar: null,
  birthday: null,
  gender: null,
  signature: null,
  region: null,
  address: null,
  extras: null,
  ...profileChanges(input),
})

type ProfileRecord = Omit<UserRecord, 'ctime' | 'mtime' | 'appkey'>

/** The keys of a user that have a value. */
export function profileRecord(row: Profile & { readonly username: string }): ProfileRecord {
  const record: ProfileRecord = { username: row.username }
  if (row.nickname !== null) record.nickname = row.nickname
  if (row.avatar !== null) record.avatar = row.avatar
  if (row.birthday !== null) record.birthday = row.birthday
  if (row.gender !== null) record.gender = row.gender
  if (row.signature !== null) record.signature = row.signature
  if (row.region !== null) record.region = row.region
  if (row.address !== null) record.address = row.address
  return record
}

/** A user as answers show it. */
export function userRecord(app: Pick<App, 'appKey'>, row: UserRow): UserRecord & { appkey: string } {
  return {
    ...profileRecord(row),
    ...(row.extras === null ? {} : { extras: JSON.parse(row.extras) as Record<string, unknown> }),
    appkey: app.appKey,
    mtime: formatWireTime(row.mtime),
    ctime: formatWireTime(row.ctime),
  }
}
