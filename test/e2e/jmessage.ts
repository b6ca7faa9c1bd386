import {
  formatWireTime,
  HISTORY_PAGE,
  type HistoryPage,
  type MessageRecord,
} from '../../src/protocol/index.ts'
import { Program } from './program.ts'

export const APP = { appKey: 'beadle00e2e0app000000001', masterSecret: 'beadle00e2e0secret000001' }

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

/** Where something is said. */
export type Place = { readonly group: number } | { readonly room: number } | { readonly user: string }

const HOUR = 3_600_000

/** An IM server, as whoever runs the app sees it. */
export class JMessage {
  readonly url: string
  readonly authorization: string

  constructor(url: string, { appKey, masterSecret } = APP) {
    this.url = url
    this.authorization = `Basic ${btoa(`${appKey}:${masterSecret}`)}`
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: this.authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** As {@link call}; any answer but 2xx is an error. */
  async must(method: string, path: string, body?: unknown): Promise<Answer['body']> {
    const answer = await this.call(method, path, body)
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async users(...names: string[]): Promise<void> {
    await this.must(
      'POST',
      '/v1/users',
      names.map(username => ({ username, password: 'secret' })),
    )
  }

  async group(owner_username: string, ...members_username: string[]): Promise<number> {
    return (await this.must('POST', '/v1/groups/', { owner_username, name: 'group', members_username })).gid
  }

  async room(owner_username: string, ...members_username: string[]): Promise<number> {
    return (await this.must('POST', '/v1/chatroom/', { owner_username, name: 'room', members_username }))
      .chatroom_id
  }

  /** Says something as a user; resolves with the number of the message once the server took it. */
  async say(from_id: string, place: Place, text: string): Promise<number> {
    const [target_type, target_id] = address(place)
    const message = { from_id, target_type, target_id, text }
    return (await this.must('POST', `/sandbox/apps/${APP.appKey}/messages`, message)).msg_id
  }

  /** What was said, oldest first; of a user: what the user sent and was sent. */
  async history(place: Place): Promise<MessageRecord[]> {
    const [, id] = address(place)
    const path = `/v2/${'group' in place ? 'groups' : 'room' in place ? 'chatrooms' : 'users'}/${id}/messages`
    const range = {
      count: String(HISTORY_PAGE),
      begin_time: formatWireTime(Date.now() - HOUR),
      end_time: formatWireTime(Date.now() + HOUR),
    }
    const all: MessageRecord[] = []
    let query = new URLSearchParams(range)
    for (;;) {
      const page: HistoryPage = await this.must('GET', `${path}?${query}`)
      all.push(...page.messages)
      if (page.cursor === undefined) return all
      query = new URLSearchParams({ cursor: page.cursor })
    }
  }

  /** The texts of {@link history}. */
  async texts(place: Place): Promise<string[]> {
    return (await this.history(place)).flatMap(({ msg_type, msg_body }) =>
      msg_type === 'text' ? [String(msg_body.text)] : [],
    )
  }
}

function address(place: Place): readonly ['group' | 'chatroom' | 'single', string] {
  if ('group' in place) return ['group', String(place.group)]
  return 'room' in place ? ['chatroom', String(place.room)] : ['single', place.user]
}

export interface ServerArgs {
  readonly port: number
  readonly data: string
  /** Where messages of users are posted to. */
  readonly callback?: string
}

/** `beadle server`, with the sandbox. Resolves once it takes requests. */
export async function startServer({ port, data, callback }: ServerArgs): Promise<Program> {
  const program = await Program.start([
    'server',
    ...['--listen', `127.0.0.1:${port}`, '--data', data, '--sandbox'],
    ...['--app', `${APP.appKey}:${APP.masterSecret}`],
    ...(callback === undefined ? [] : ['--callback', callback]),
  ])
  await program.says(/http:/)
  return program
}
