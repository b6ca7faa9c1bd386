import { type SendTextOptions, sendText } from '../app/send-text.ts'
import { loadConfigured } from './load-configured.ts'

/** `beadle send`: sends a text as a bot, and prints a line for each message, as it is sent. */
export async function send(
  text: string,
  options: SendTextOptions & { config: string; json?: boolean },
): Promise<void> {
  const config = await loadConfigured(options.config)
  for await (const sent of sendText(config, text, options)) {
    const { target, msgId, sentAt } = sent
    const line = `${target}: ${msgId} at ${new Date(sentAt).toISOString()}`
    process.stdout.write(`${options.json ? JSON.stringify(sent) : line}\n`)
  }
}
