import * as chatrooms from './chatrooms.ts'
import * as cross from './cross.ts'
import type { Endpoint } from './endpoint.ts'
import * as friends from './friends.ts'
import * as groups from './groups.ts'
import * as messages from './messages.ts'
import * as presence from './presence.ts'
import * as report from './report.ts'
import * as reportV1 from './report-v1.ts'
import * as resources from './resources.ts'
import * as sdkRegister from './sdk-register.ts'
import * as sensitiveWords from './sensitive-words.ts'
import * as statistics from './statistics.ts'
import * as userSettings from './user-settings.ts'
import * as users from './users.ts'

const all = {
  ...users,
  ...presence,
  ...userSettings,
  ...messages,
  ...resources,
  ...groups,
  ...friends,
  ...cross,
  ...sensitiveWords,
  ...chatrooms,
  ...sdkRegister,
  ...report,
  ...statistics,
  ...reportV1,
}
type Declared = Extract<(typeof all)[keyof typeof all], Endpoint>

/** Every endpoint by its id. */
export type Endpoints = { [E in Declared as E['id']]: E }
export type EndpointId = keyof Endpoints

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'querySchema' in value

/** Every endpoint by its id: the one table from which server, client, documents and tests are derived. */
export const endpoints = Object.freeze(
  Object.fromEntries(
    (Object.values(all) as unknown[]).filter(isEndpoint).map(declared => [declared.id, declared]),
  ),
) as unknown as Endpoints

export * from './chatrooms.ts'
export * from './cross.ts'
export * from './endpoint.ts'
export * from './errors.ts'
export { byteLength } from './fields.ts'
export * from './friends.ts'
export * from './groups.ts'
export * from './im-events.ts'
export * from './issues.ts'
export * from './messages.ts'
export * from './presence.ts'
export * from './report.ts'
export * from './report-v1.ts'
export * from './resources.ts'
export * from './sdk-register.ts'
export * from './sensitive-words.ts'
export * from './statistics.ts'
export * from './user-settings.ts'
export * from './users.ts'
export * from './wire-time.ts'
