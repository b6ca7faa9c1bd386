import { onTestFinished } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import { type ImServer, type ServerOptions, startServer } from '../../src/server/index.ts'
import { memory } from './place.ts'

export const APP = { appKey: 'a1'.repeat(12), masterSecret: 's1'.repeat(12) }
export const OTHER = { appKey: 'b2'.repeat(12), masterSecret: 's2'.repeat(12) }

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly headers: Headers
}

export const basic = (app: { appKey: string; masterSecret: string }) =>
  `Basic ${Buffer.from(`${app.appKey}:${app.masterSecret}`).toString('base64')}`

export interface World {
  readonly server: ImServer
  readonly clock: ManualClock
  /** Calls as {@link APP}; a body is sent as JSON. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /** As {@link World.call}, of another app. */
  callAs(app: typeof APP, method: string, path: string, body?: unknown): Promise<Answer>
  /** Whatever `fetch` can send. */
  raw(path: string, init?: RequestInit): Promise<Answer>
  /** Registers users by name. */
  users(...names: string[]): Promise<void>
  admin(name: string): Promise<void>
  group(owner: string, ...members: string[]): Promise<number>
  room(owner: string, ...members: string[]): Promise<number>
  /** Sends a text as an admin; answers what the server did. */
  send(from: string, target_type: string, target_id: string | number, more?: object): Promise<Answer>
  /** Sends a text as an ordinary user. */
  say(from: string, target_type: string, target_id: string | number, more?: object): Promise<Answer>
}

/** A server of its own on a free port, with a clock that stands still. Ends with the test. */
export async function world(options: Partial<ServerOptions> = {}): Promise<World> {
  const clock = (options.clock as ManualClock | undefined) ?? new ManualClock()
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    ...((options.data ?? options.database) ? {} : await memory()),
    apps: [APP, OTHER],
    sandbox: true,
    clock,
    ...options,
  })
  onTestFinished(() => server.close())

  const raw = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(server.url + path, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : text,
      headers: response.headers,
    }
  }
  const callAs = (app: typeof APP, method: string, path: string, body?: unknown) =>
    raw(path, {
      method,
      headers: { authorization: basic(app) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const call = (method: string, path: string, body?: unknown) => callAs(APP, method, path, body)
  const message = (from_id: string, target_type: string, target_id: string | number, more: object) => ({
    version: 1,
    target_type,
    target_id,
    from_type: 'admin',
    from_id,
    msg_type: 'text',
    msg_body: { text: 'hello' },
    ...more,
  })
  return {
    server,
    clock,
    raw,
    call,
    callAs,
    users: async (...names) => {
      const people = names.map(username => ({ username, password: 'secret' }))
      ok(await call('POST', '/v1/users', people), 201)
    },
    admin: async username => void ok(await call('POST', '/v1/admins', { username, password: 'secret' }), 201),
    group: async (owner_username, ...members_username) =>
      ok(await call('POST', '/v1/groups', { owner_username, name: 'group', members_username }), 201).body.gid,
    room: async (owner_username, ...members_username) =>
      ok(await call('POST', '/v1/chatroom', { owner_username, name: 'room', members_username }), 201).body
        .chatroom_id,
    send: (from, type, target, more = {}) => call('POST', '/v1/messages', message(from, type, target, more)),
    say: (from, type, target, more = {}) =>
      raw(`/sandbox/apps/${APP.appKey}/messages`, {
        method: 'POST',
        body: JSON.stringify({ ...message(from, type, target, more), from_type: undefined }),
      }),
  }
}

/** The answer, if its status is the one that was due. */
export function ok(answer: Answer, status = 200): Answer {
  if (answer.status !== status)
    throw new Error(`status ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`)
  return answer
}

/** HTTP status and code of a refusal, for one comparison. */
export const refusal = ({ status, body }: Answer): [number, number | undefined] => [status, body?.error?.code]
