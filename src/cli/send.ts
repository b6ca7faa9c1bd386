import { type CardContent, type Said, type SendOptions, send as sendAs } from '../app/send.ts'
import { loadConfigured } from './load-configured.ts'
import { readObject, usage } from './options.ts'
import { printLine } from './text.ts'

export interface SendCommand {
  readonly config: string
  readonly bot?: string
  readonly user?: readonly string[]
  readonly group?: readonly string[]
  readonly room?: readonly string[]
  readonly image?: string
  readonly voice?: string
  readonly duration?: string
  readonly file?: string
  readonly custom?: string
  readonly card?: string
  readonly values?: string
  readonly mention?: readonly string[]
  readonly mentionAll?: boolean
  readonly fromName?: string
  readonly notificationTitle?: string
  readonly notificationText?: string
  /** False: it is not shown in the notification bar. */
  readonly notification: boolean
  /** False: it is not kept for receivers that are offline. */
  readonly offline: boolean
  readonly json?: boolean
}

/** `beadle send`: sends something as a bot, and prints a line for each message, as it is sent. */
export async function send(text: string | undefined, options: SendCommand): Promise<void> {
  const { bot, user, group, room, json } = options
  const said = await saidBy(text, options)
  const sending = { bot, user, group, room, baseDir: process.cwd(), options: optionsOf(options) }
  for await (const sent of sendAs(await loadConfigured(options.config), said, sending)) {
    const { target, msgId, sentAt } = sent
    if (json) printLine(sent)
    else process.stdout.write(`${target}: ${msgId} at ${new Date(sentAt).toISOString()}\n`)
  }
}

async function saidBy(text: string | undefined, options: SendCommand): Promise<Said> {
  const { image, voice, file, custom, card, values } = options
  if ([text, image, voice, file, custom, card].filter(one => one !== undefined).length !== 1)
    throw usage('say what: a text, --image, --voice, --file, --custom or --card, one of them')
  if (values !== undefined && text === undefined) throw usage('--values goes with a text')
  if (options.duration !== undefined && voice === undefined) throw usage('--duration goes with --voice')
  if (image !== undefined) return { image }
  if (voice !== undefined) return { voice, duration: durationOf(options.duration) }
  if (file !== undefined) return { file }
  if (custom !== undefined) return { custom: readObject('--custom', custom) }
  // What is wrong with it is told where cards are made.
  if (card !== undefined) return { card: readObject('--card', card) as unknown as CardContent }
  const given = text === '-' ? await readStandardInput() : text!
  return values === undefined ? { text: given } : { template: given, values: readObject('--values', values) }
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (seconds > 0 && seconds <= 3600) return seconds
  throw usage(`--duration ${text}: must be a number of seconds, up to 3600`)
}

/** More than any text that is sent, in however many parts. */
const MOST_BYTES = 1024 * 1024

/** All of it, without the line break at its end. */
async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk))
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw usage('-: standard input has more than 1 MiB, which is no text to send')
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

function optionsOf(command: SendCommand): SendOptions {
  const { mention, mentionAll, fromName, notificationTitle: title, notificationText: alert } = command
  if (mention && mentionAll) throw usage('--mention and --mention-all: only one of them')
  const isTold = title !== undefined || alert !== undefined
  if (isTold && !command.notification)
    throw usage('--no-notification: a notification that is not shown has no title and no text')
  return {
    ...(mentionAll ? { mention: 'all' } : mention ? { mention } : {}),
    ...(fromName === undefined ? {} : { fromName }),
    ...(isTold ? { notification: { title, alert } } : {}),
    ...(command.notification ? {} : { noNotification: true }),
    ...(command.offline ? {} : { noOffline: true }),
  }
}
