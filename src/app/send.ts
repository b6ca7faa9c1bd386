import { AppError } from '../base/errors.ts'
import { createClient } from '../client/index.ts'
import type { TargetType } from '../protocol/index.ts'
import { clientOptions } from './client-options.ts'
import { appNamed, type LoadedConfig } from './config/index.ts'

export interface SendTextOptions {
  /** Which bot; may be left out when there is one only. */
  readonly bot?: string
  readonly user?: readonly string[]
  readonly group?: readonly string[]
  readonly room?: readonly string[]
}

/** One message that was sent. */
export interface SentText {
  readonly target: string
  readonly msgId: number
  /** Epoch ms. */
  readonly sentAt: number
}

/** Sends a text as a bot, at once and without the outbox. Yields each message as it is sent. */
export async function* sendText(
  config: LoadedConfig,
  text: string,
  { bot: id, user = [], group = [], room = [] }: SendTextOptions,
): AsyncGenerator<SentText> {
  const names = config.bots.map(bot => bot.id).join(', ')
  const bot =
    id === undefined && config.bots.length === 1 ? config.bots[0] : config.bots.find(bot => bot.id === id)
  if (!bot)
    throw usage(id === undefined ? `--bot: say which one: ${names}` : `--bot ${id}: there are ${names}`)
  const targets: [TargetType, string][] = [
    ...user.map((name): [TargetType, string] => ['single', name]),
    ...group.map((gid): [TargetType, string] => ['group', gid]),
    ...room.map((roomId): [TargetType, string] => ['chatroom', roomId]),
  ]
  if (targets.length === 0) throw usage('say to whom: --user, --group or --room')
  const client = createClient(clientOptions(config.main, appNamed(config.main, bot.config.app)))
  try {
    for (const [target_type, target_id] of targets) {
      const from = { from_type: 'admin', from_id: bot.config.username } as const
      const message = {
        version: 1,
        target_type,
        target_id,
        ...from,
        msg_type: 'text',
        msg_body: { text },
      } as const
      const receipt = await client.messages.send({ body: message })
      yield { target: `${target_type} ${target_id}`, msgId: receipt.msg_id, sentAt: receipt.msg_ctime }
    }
  } finally {
    await client.close()
  }
}

const usage = (message: string) =>
  new AppError(message, { code: 'cli.usage', hint: 'beadle send --help shows how.' })
