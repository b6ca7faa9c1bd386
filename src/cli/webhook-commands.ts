import type { Command } from 'commander'
import { collect, configured, json } from './common-options.ts'

/** `beadle webhook …`. */
export function addWebhookCommands(program: Command): void {
  const webhook = program.command('webhook').description('webhooks of the bots: list them, call them')
  json(
    configured(
      webhook.command('list').description('list webhooks, and how their callers prove who they are'),
    ),
  )
    .option('-b, --bot <id>', 'of this bot')
    .option('--curl', 'with a call of each for the shell')
    .action(async options => (await import('./webhook.ts')).list(options))
  json(configured(webhook.command('send <webhook>')))
    .description('call a webhook of the running Beadle, signed as it wants; the end of its name will do')
    .option('-d, --data <json>', 'the body')
    .option('-f, --file <file>', 'a file that holds the body')
    .option('-F, --form <name=value>', 'a field of a form as the body; may be given several times', collect)
    .option('--content-type <type>', 'of the body; of JSON or a form, if left out')
    .option('-H, --header <name: value>', 'a header; may be given several times', collect)
    .option('--no-auth', 'without a proof of who calls, to see that it is refused')
    .option('--url <url>', 'where Beadle is reached, in place of its listen')
    .action(async (name, options) => (await import('./webhook.ts')).send(name, options))
}
