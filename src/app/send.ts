import { AppError } from '../base/errors.ts'
import { type Client, createClient } from '../client/index.ts'
import type { TargetType } from '../protocol/index.ts'
import { type CardContent, card } from '../runtime/bot/card.ts'
import { type MessageContent, planOf } from '../runtime/bot/content.ts'
import { MediaUploads } from '../runtime/bot/media-uploads.ts'
import { checkMessage, messageOf } from '../runtime/bot/message-of.ts'
import { partsOf } from '../runtime/bot/parts.ts'
import type { SendOptions } from '../runtime/bot/send-options.ts'
import { Template } from '../runtime/plugin/template.ts'
import { clientOptions } from './client-options.ts'
import { appNamed, type LoadedConfig } from './config/index.ts'

export type { CardContent, SendOptions }

/** What is said: as bots say it, a card, or a Liquid template that is filled in. */
export type Said =
  | MessageContent
  | { readonly card: CardContent }
  | { readonly template: string; readonly values: Readonly<Record<string, unknown>> }

export interface Sending {
  /** Which bot; may be left out when there is one only. */
  readonly bot?: string
  readonly user?: readonly string[]
  readonly group?: readonly string[]
  readonly room?: readonly string[]
  /** Where relative paths of media start. */
  readonly baseDir: string
  readonly options?: SendOptions
}

/** One message that was sent. */
export interface Sent {
  readonly target: string
  readonly msgId: number
  /** Epoch ms. */
  readonly sentAt: number
}

/**
 * Sends something as a bot, at once and without the outbox: a long text in parts. Yields each message as it is sent.
 *
 * @throws AppError `cli.usage`, and those of bots, before anything is sent
 */
export async function* send(config: LoadedConfig, said: Said, sending: Sending): AsyncGenerator<Sent> {
  const { id, config: bot } = botOf(config, sending.bot)
  const targets = targetsOf(sending)
  const { main } = config
  const app = appNamed(main, bot.app)
  const client = createClient(clientOptions(main, app))
  try {
    const media = new MediaUploads({ client, appKey: app.appKey, baseDir: sending.baseDir })
    const messages = await messagesOf(said, { media, bot, options: sending.options })
    const all = targets.flatMap(to => messages.map(make => make(to)))
    for (const message of all) checkMessage(message, id)
    for (const message of all) yield await sendOne(client, message)
  } finally {
    await client.close()
  }
}

interface Target {
  readonly type: TargetType
  readonly id: string
}

interface Means {
  readonly media: MediaUploads
  readonly bot: LoadedConfig['bots'][number]['config']
  readonly options: SendOptions | undefined
}

/** The messages that something is sent in, for anybody. */
async function messagesOf(
  said: Said,
  { media, bot, options }: Means,
): Promise<((to: Target) => Record<string, unknown>)[]> {
  const { username, language, timezone } = bot
  const content = 'template' in said ? filledIn(said, timezone) : 'card' in said ? card(said.card) : said
  if ('text' in content && !('kind' in content)) {
    return partsOf(content.text, options, language).map(
      part => to => messageOf(username, to, 'text', { text: part.text }, part.options, language),
    )
  }
  const plan = planOf({ media }, content, options)
  // Uploaded once, for all.
  const body = await plan.body()
  return [to => messageOf(username, to, plan.type, body, plan.options ?? {}, language)]
}

const filledIn = (said: Extract<Said, { template: string }>, timezone: string) => ({
  text: Template.parse(said.template).render(said.values, timezone),
})

type Outgoing = Parameters<Client['messages']['send']>[0]['body']

async function sendOne(client: Client, message: Record<string, unknown>): Promise<Sent> {
  const { msg_id, msg_ctime } = await client.messages.send({ body: message as Outgoing })
  return { target: `${message.target_type} ${message.target_id}`, msgId: msg_id, sentAt: msg_ctime }
}

function botOf({ bots }: LoadedConfig, id: string | undefined) {
  const names = bots.map(bot => bot.id).join(', ')
  const bot = id === undefined && bots.length === 1 ? bots[0] : bots.find(bot => bot.id === id)
  if (bot) return bot
  throw usage(id === undefined ? `--bot: say which one: ${names}` : `--bot ${id}: there are ${names}`)
}

function targetsOf({ user = [], group = [], room = [] }: Sending): Target[] {
  const targets: Target[] = [
    ...user.map((id): Target => ({ type: 'single', id })),
    ...group.map((id): Target => ({ type: 'group', id })),
    ...room.map((id): Target => ({ type: 'chatroom', id })),
  ]
  if (targets.length === 0) throw usage('say to whom: --user, --group or --room')
  return targets
}

const usage = (message: string) =>
  new AppError(message, { code: 'cli.usage', hint: 'beadle send --help shows how.' })
