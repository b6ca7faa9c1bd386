import type { Command } from 'commander'
import { collect, configured, json } from './common-options.ts'

/** `beadle send`. */
export function addSend(program: Command): void {
  json(configured(program.command('send [text]')))
    .description('send a text, or something else, as one of the bots; - reads the text from standard input')
    .option('-b, --bot <id>', 'which bot; the only one, if there is one only')
    .option('-u, --user <username>', 'to a user; may be given several times', collect)
    .option('-g, --group <gid>', 'to a group; may be given several times', collect)
    .option('-r, --room <id>', 'to a chat room; may be given several times', collect)
    .option('--image <file>', 'a picture in place of a text: a file or URL')
    .option('--voice <file>', 'a voice clip in place of a text: a file or URL')
    .option('--duration <seconds>', 'how long the voice clip lasts, where that cannot be read from it')
    .option('--file <file>', 'a file in place of a text: a file or URL')
    .option('--custom <json>', 'a JSON object of your own in place of a text, or @FILE with one in it')
    .option('--card <json>', 'a card in place of a text: a JSON object, or @FILE with one in it')
    .option(
      '--values <json>',
      'fill the text in, as a Liquid template: a JSON object, or @FILE with one in it',
    )
    .option('--mention <username>', 'mention a user; may be given several times', collect)
    .option('--mention-all', 'mention all of the group or room')
    .option('--from-name <name>', "sender's name as shown, in place of the bot's nickname")
    .option('--notification-title <title>', 'title of the notification on the phone')
    .option('--notification-text <text>', 'text of the notification on the phone')
    .option('--no-notification', 'do not show it in the notification bar')
    .option('--no-offline', 'do not keep it for receivers that are offline')
    .action(async (text, options) => (await import('./send.ts')).send(text, options))
}
