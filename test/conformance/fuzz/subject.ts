import { ManualClock } from '../../../src/base/clock.ts'
import { type ImServer, type ServerOptions, startServer } from '../../../src/server/index.ts'
import { capturedLog, type LogLine } from '../../../src/testing/captured-log.ts'
import { memory } from '../../server/place.ts'
import { basic, ok } from '../../server/world.ts'
import type { Keys } from './requests.ts'
import type { Vocabulary } from './values.ts'

export const APPS: readonly Keys[] = [
  { appKey: 'a1'.repeat(12), masterSecret: 'secret1'.padEnd(24, 'x') },
  { appKey: 'b2'.repeat(12), masterSecret: 'secret2'.padEnd(24, 'x') },
]

export interface Subject {
  readonly server: ImServer
  readonly words: Vocabulary
  /** Addresses of an uploaded file, without the host. */
  readonly downloads: readonly string[]
  /** What the server logged that is not just information. */
  readonly complaints: LogLine[]
}

const PEOPLE = ['alice', 'bobby', 'carol']

/** A server with something in it, and the words for that. */
export async function subject(options: Partial<ServerOptions> = {}): Promise<Subject> {
  const complaints: LogLine[] = []
  const server = await startServer({
    listen: undefined,
    ...(await memory()),
    apps: APPS,
    sandbox: true,
    allowUserSenders: true,
    clock: new ManualClock(),
    log: { ...capturedLog(complaints), info() {} },
    ...options,
  })
  const words = { users: [...PEOPLE, 'admin1', 'nobody'], gids: [1], roomIds: [1], msgids: [1] }
  const downloads: string[] = []
  const mediaIds: string[] = ['']
  const cursors: string[] = ['']
  for (const app of APPS) {
    const call = async (method: string, path: string, body?: unknown, form?: FormData) => {
      const request = new Request(`http://localhost${path}`, {
        method,
        headers: { authorization: basic(app) },
        ...(form ? { body: form } : body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = await server.fetch(request)
      const text = await answer.text()
      const { status, headers } = answer
      const said = text === '' ? '' : JSON.parse(text)
      return ok({ status, headers, body: said }, status < 300 ? status : 200).body
    }
    const person = (username: string) => ({ username, password: 'password' })
    await call('POST', '/v1/users', PEOPLE.map(person))
    await call('POST', '/v1/admins', person('admin1'))
    const [owner_username, ...members_username] = PEOPLE
    const gathering = { owner_username, name: 'g', members_username }
    words.gids.push((await call('POST', '/v1/groups', gathering)).gid)
    words.roomIds.push((await call('POST', '/v1/chatroom', gathering)).chatroom_id)
    const message = { version: 1, target_type: 'single', target_id: 'alice', from_type: 'admin' }
    for (const text of ['one', 'two']) {
      const body = { ...message, from_id: 'admin1', msg_type: 'text', msg_body: { text } }
      words.msgids.push((await call('POST', '/v1/messages', body)).msg_id)
    }
    const day = new URLSearchParams({
      count: '1',
      begin_time: '2026-01-01 00:00:00',
      end_time: '2026-01-02 00:00:00',
    })
    cursors.push((await call('GET', `/v2/messages?${day}`)).cursor)
    const form = new FormData()
    form.append('filename', new Blob(['0123456789']), 'a.txt')
    const { media_id } = await call('POST', '/v1/resource?type=file', undefined, form)
    mediaIds.push(media_id)
    const { url } = await call('GET', `/v1/resource?mediaId=${media_id}`)
    downloads.push(new URL(url).pathname + new URL(url).search)
  }
  const appKeys = [...APPS.map(app => app.appKey), ` ${APPS[0]!.appKey} `.toUpperCase(), 'c3'.repeat(12)]
  return { server, words: { ...words, appKeys, mediaIds, cursors }, downloads, complaints }
}
