import { type HistoryOf, type MessageRecord, readHistory } from '../app/history.ts'
import { systemClock } from '../base/clock.ts'
import { loadConfigured } from './load-configured.ts'
import { readLimit, readSince, usage } from './options.ts'
import { plain, printJson, table, when } from './text.ts'

export interface HistoryOptions {
  readonly config: string
  readonly app?: string
  readonly group?: string
  readonly room?: string
  readonly user?: string
  readonly since: string
  readonly limit: string
  readonly json?: boolean
}

/** What JMessage took just now may bear a time that is ahead of this machine's. */
const SLACK_MS = 60_000

/** `beadle history`: what was said, the oldest first. */
export async function history(options: HistoryOptions): Promise<void> {
  const of = placeOf(options)
  const limit = readLimit(options.limit)
  const range = { app: options.app, since: readSince(options.since), until: systemClock.now() + SLACK_MS }
  const said: MessageRecord[] = []
  for await (const message of readHistory(await loadConfigured(options.config), of, range)) {
    said.push(message)
    // Of a long history no more is held than is shown, or twice that.
    if (said.length > 2 * limit) said.splice(0, said.length - limit)
  }
  said.splice(0, Math.max(0, said.length - limit))
  if (options.json) return printJson(said)
  if (said.length === 0) return void process.stdout.write('Nothing was said.\n')
  process.stdout.write(table(['MESSAGE', 'WHEN', 'FROM', 'TO', 'WHAT'], said.map(rowOf)))
}

function placeOf({ group, room, user }: HistoryOptions): HistoryOf {
  const given = [group, room, user].filter(one => one !== undefined)
  if (given.length !== 1) throw usage('say whose: --group, --room or --user, one of them')
  if (user !== undefined) return { user }
  const [name, text] = group === undefined ? ['--room', room!] : ['--group', group]
  if (!/^[1-9]\d{0,15}$/.test(text)) throw usage(`${name} ${text}: must be a number`)
  return group === undefined ? { room: Number(text) } : { group: Number(text) }
}

const rowOf = ({
  msgid,
  msg_ctime,
  from_id,
  target_type,
  target_id,
  msg_type,
  msg_body,
}: MessageRecord): string[] => [
  String(msgid),
  when(msg_ctime),
  from_id,
  `${target_type} ${target_id}`,
  msg_type === 'text' ? plain(String(msg_body.text)) : plain(`${msg_type} ${JSON.stringify(msg_body)}`),
]
