import { type Acted, askBot, type BotAct } from '../app/bot-acts.ts'
import { parseDuration } from '../base/duration.ts'
import { loadConfigured } from './load-configured.ts'
import { readWait, usage } from './options.ts'
import { answerOf } from './order.ts'
import { plain, printJson, when } from './text.ts'

interface Common {
  readonly config: string
  readonly bot?: string
  readonly wait: string
  readonly json?: boolean
}

interface InPlace extends Common {
  readonly group?: string
  readonly room?: string
  readonly for?: string
}

const DONE = {
  mute: 'is muted',
  unmute: 'may speak again',
  kick: 'was removed',
  ban: 'is banned',
  unban: 'is not banned any more',
} as const

/** `beadle mute`, `unmute` and `kick`. */
export async function inPlace(
  act: 'mute' | 'unmute' | 'kick',
  user: string,
  options: InPlace,
): Promise<void> {
  const { group, room } = options
  if ((group === undefined) === (room === undefined)) throw usage('say where: --group or --room, one of them')
  const at = group === undefined ? { room } : { group }
  const where = group === undefined ? `room ${room}` : `group ${group}`
  await ask(act, { user, in: at, ...termOf(options.for) }, options, `${user} ${DONE[act]} in ${where}`)
}

/** `beadle ban` and `unban`. */
export function ofUser(
  act: 'ban' | 'unban',
  user: string,
  options: Common & { for?: string },
): Promise<void> {
  return ask(act, { user, ...termOf(options.for) }, options, `${user} ${DONE[act]}`)
}

/** `beadle dnd`. */
export async function dnd(
  user: string,
  state: string,
  options: Common & { group?: string; from?: string },
): Promise<void> {
  const { group, from } = options
  if (state !== 'on' && state !== 'off') throw usage(`${state}: must be on or off`)
  if (group !== undefined && from !== undefined) throw usage('--group and --from: only one of them')
  const on = state === 'on'
  const of = group !== undefined ? { group, on } : from !== undefined ? { user: from, on } : { global: on }
  const what =
    group !== undefined ? ` for group ${group}` : from !== undefined ? ` for what ${from} says` : ''
  await ask('dnd', { user, of }, options, `do-not-disturb of ${user} is ${state}${what}`)
}

/** `beadle retract`. */
export async function retract(text: string, options: Common & { sender?: string }): Promise<void> {
  const msgId = /^\d{1,16}$/.test(text) ? Number(text) : 0
  if (!Number.isSafeInteger(msgId) || msgId === 0) throw usage(`${text}: must be the number of a message`)
  const { sender } = options
  await ask(
    'retract',
    { msgId, ...(sender === undefined ? {} : { sender }) },
    options,
    `message ${msgId} was taken back`,
  )
}

const termOf = (text: string | undefined): { for?: number } => {
  if (text === undefined) return {}
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0) throw usage(`--for ${text}: must be a length of time such as 10m or 2h`)
  return { for: ms }
}

async function ask(act: BotAct, args: object, options: Common, done: string): Promise<void> {
  const { bot, json = false, wait } = options
  const waitMs = readWait(wait)
  const given = await askBot(
    await loadConfigured(options.config),
    { act, args: { ...args, ...(bot === undefined ? {} : { bot }) } },
    waitMs,
  )
  const answer = answerOf(given, json) as Acted | undefined
  if (!answer) return
  if (json) return printJson({ order: given.id, done: true, ...answer })
  const until = answer.until === undefined ? '' : `, until ${when(answer.until)}`
  process.stdout.write(`${plain(done, 300)}${until}\n`)
}
