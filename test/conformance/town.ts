import { ManualClock } from '../../src/base/clock.ts'
import { type EndpointId, endpoints } from '../../src/protocol/index.ts'
import { type ImServer, startServer } from '../../src/server/index.ts'
import { afterFile, ofFile } from '../after-file.ts'
import { databaseOfFile, engine } from '../engine.ts'
import { type Answer, basic, ok } from '../server/world.ts'
import { pathOf, type Sample, urlOf } from './request.ts'

export type { Answer } from '../server/world.ts'

interface Keys {
  readonly appKey: string
  readonly masterSecret: string
}

/** Members a room can have in the city: few, so that one can be filled. */
export const ROOM_LIMIT = 8
/** Towns that one test file can found. */
const TOWNS = 900

const keys = (index: number): Keys => ({
  appKey: `town${index.toString().padStart(20, '0')}`,
  masterSecret: `secret${index.toString().padStart(18, '0')}`,
})
/** An app of the same account that all towns know; `olga1` and `oscar` live there. */
export const ABROAD = keys(0)
/** Does not exist. */
export const NOWHERE = {
  gid: 999_999_999,
  roomId: 999_999_999,
  msgid: 999_999_999,
  username: 'nobody',
} as const

export const clock = new ManualClock()
const apps = Array.from({ length: TOWNS }, (_, index) => keys(index))
let founded = 0

/** One server for a whole test file: towns are apps, so what happens in one is not seen in another. */
export const server = ofFile(build)

async function build(): Promise<ImServer> {
  const url = await databaseOfFile()
  const built = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    ...(engine === 'sqlite' ? { data: url } : { database: url }),
    apps,
    clock,
    maxRoomMembers: ROOM_LIMIT,
    allowUserSenders: true,
  })
  const people = ['olga1', 'oscar'].map(newcomer)
  await ask(built, ABROAD, 'users.register', { body: people })
  await ask(built, ABROAD, 'admins.register', { body: newcomer('chief') })
  afterFile(async () => {
    await built.close()
    founded = 0
  })
  return built
}

/** A user with every key of a profile. */
export const newcomer = (username: string) => ({
  username,
  password: 'secret',
  nickname: `nick of ${username}`,
  avatar: 'qiniu/image/j/0123456789ABCDEF0123456789ABCDEF',
  birthday: '1990-01-24',
  signature: 'orz',
  gender: 0,
  region: 'shenzhen',
  address: '深圳',
  extras: { level: 3 },
})

export interface Sending {
  /** `null` takes the header away that is sent otherwise. */
  readonly headers?: Record<string, string | null>
  /** Instead of the endpoint's own path: one of its aliases, or an odd spelling. */
  readonly path?: string
  readonly method?: string
  /** Instead of the sample's body, as it is. */
  readonly rawBody?: string | Uint8Array
}

function headersOf(app: Keys, { headers }: Sending): [string, string][] {
  const all = Object.entries({ authorization: basic(app), ...headers })
  return all.filter((pair): pair is [string, string] => pair[1] !== null)
}

async function ask(
  to: ImServer,
  app: Keys,
  id: EndpointId,
  sample: Sample,
  sending: Sending = {},
): Promise<Answer> {
  const body = sending.rawBody ?? sample.form ?? JSON.stringify(sample.body)
  const method = sending.method ?? endpoints[id].method
  const request = new Request(urlOf('http://localhost', sending.path ?? pathOf(id, sample), sample.query), {
    method,
    ...(body === undefined || method === 'GET' ? {} : { body: body as RequestInit['body'] & {} }),
    headers: headersOf(app, sending),
  })
  const response = await to.fetch(request)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
}

/**
 * An app of its own: `tommy` owns a group and a room that `caiyi` is in; `yiyun` and `lucas` are in neither; `boss1` is
 * an admin.
 */
export interface Town extends Keys {
  readonly gid: number
  readonly roomId: number
  /** Calls an endpoint. */
  call(id: EndpointId, sample?: Sample, sending?: Sending): Promise<Answer>
  /** As {@link Town.call}, where nothing may go wrong. */
  must(id: EndpointId, sample?: Sample): Promise<Answer>
  /** Calls from {@link ABROAD}. */
  abroad(id: EndpointId, sample?: Sample): Promise<Answer>
  group(owner: string, ...members: string[]): Promise<number>
  room(owner: string, ...members: string[]): Promise<number>
  /** A group of {@link ABROAD} with a member from here. */
  groupAbroad(...members: string[]): Promise<number>
  /** What `messages.send` takes: a text of the admin. */
  message(more?: object): { body: Record<string, unknown> }
}

export async function foundTown(): Promise<Town> {
  const app = apps[++founded]
  if (!app) throw new Error(`more than ${TOWNS} towns`)
  const at = await server()
  // A new minute, as the quota of calls is counted by the minute.
  if (founded % 50 === 0) await clock.advance(60_000)
  const call: Town['call'] = (id, sample = {}, sending = {}) => ask(at, app, id, sample, sending)
  const must: Town['must'] = async (id, sample) => ok(await call(id, sample), endpoints[id].status)
  const group = async (owner_username: string, ...members_username: string[]) =>
    (await must('groups.create', { body: { owner_username, name: 'group', desc: 'd', members_username } }))
      .body.gid
  const room = async (owner_username: string, ...members_username: string[]) =>
    (await must('chatrooms.create', { body: { owner_username, name: 'room', members_username } })).body
      .chatroom_id
  const abroad: Town['abroad'] = async (id, sample = {}) =>
    ok(await ask(at, ABROAD, id, sample), endpoints[id].status)

  await must('users.register', { body: ['tommy', 'caiyi', 'yiyun', 'lucas'].map(newcomer) })
  await must('admins.register', { body: newcomer('boss1') })
  return {
    ...app,
    gid: await group('tommy', 'caiyi'),
    roomId: await room('tommy', 'caiyi'),
    call,
    must,
    abroad,
    group,
    room,
    groupAbroad: async (...members) => {
      const body = { owner_username: 'olga1', name: 'abroad' }
      const { gid } = (await abroad('groups.create', { body })).body
      const added = [{ appkey: app.appKey, add: members }]
      await abroad('cross.groups.members.update', { params: { gid }, body: added })
      return gid
    },
    message: (more = {}) => ({
      body: {
        version: 1,
        target_type: 'single',
        target_id: 'tommy',
        from_type: 'admin',
        from_id: 'boss1',
        msg_type: 'text',
        msg_body: { text: 'hello' },
        ...more,
      },
    }),
  }
}
