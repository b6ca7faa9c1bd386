import { loadConfig } from '../app/config/index.ts'
import { type SendTextOptions, sendText } from '../app/send-text.ts'

/** `beadle send`: sends a text as a bot, and prints a line for each message. */
export async function send(text: string, options: SendTextOptions & { config: string }): Promise<void> {
  const config = await loadConfig(options.config)
  for await (const { target, msgId, sentAt } of sendText(config, text, options)) {
    process.stdout.write(`${target}: ${msgId} at ${new Date(sentAt).toISOString()}\n`)
  }
}
