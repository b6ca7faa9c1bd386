// Long because it is a table: all codes of errors that are Beadle's own.

import { type ErrorMeaning, meaning } from './error-meaning.ts'

/**
 * The codes of errors, by what they are about. Those of databases and of copies are in `store`.
 * docs/errors.md is made of all.
 */
export const errorMeanings: Readonly<Record<string, Readonly<Record<string, ErrorMeaning>>>> = {
  'Configuration and the command line': {
    'config.invalid': meaning(
      "config.yaml or a bot's file has problems, which are listed with file, line and field",
      'Mend them; `beadle check` looks again.',
    ),
    'config.bot': meaning('There is no bot of that name', 'Look at the names of the files in `bots/`.'),
    'config.field': meaning(
      'That is not written as a field',
      'Write it like `server.listen` or `plugins.notices.groups[0]`.',
    ),
    'config.value': meaning(
      'The value cannot be written into a file',
      'Take texts, numbers, true, false, null, and lists and maps of them.',
    ),
    'config.edit': meaning(
      'The edit cannot be made at that place',
      'The message says why; edit the file by hand where need be.',
    ),
    'config.unset': meaning(
      'The field is not set in the file',
      '`beadle check --explain` shows what holds in its place.',
    ),
    'config.busy': meaning(
      'Another process edits the file',
      'Try again; the hint names the draft to delete if nobody is at it.',
    ),
    'config.changed': meaning('The file was changed meanwhile', 'Look at it again, and edit it anew.'),
    'config.unreadable': meaning('The file cannot be read', 'Check that it is there, and the rights.'),
    'config.unwritable': meaning(
      'The file cannot be replaced',
      'Check the rights of its folder, and the disk.',
    ),
    'config.version': meaning(
      'There is no such earlier version of the file',
      '`beadle config versions` lists them.',
    ),
    'cli.usage': meaning(
      'What was typed does not fit the command',
      '`beadle COMMAND --help` shows what does.',
    ),
    'cli.cancelled': meaning('It was ended before all was said, and nothing was made', 'Begin again.'),
    'new.exists': meaning('There is a plugin of that name', 'Choose another name.'),
    'new.no-project': meaning('There is no project in the folder', '`beadle new project` makes one.'),
    'new.no-bot': meaning(
      'There is no such bot to add the plugin to',
      'Look at the names of the files in `bots/`.',
    ),
    'new.bot-file': meaning(
      "The plugin cannot be added to the bot's file, and nothing was written",
      'The message says why.',
    ),
    'new.config': meaning('config.yaml cannot be read', '`beadle check` says what is wrong with it.'),
    'new.package': meaning(
      'package.json has another `type`',
      'Set it to `module`, or make the project in a folder of its own.',
    ),
    'schema.unwritable': meaning(
      'The schemas for editors cannot be written',
      'Name another folder with `--out`.',
    ),
    'listen.in-use': meaning(
      'Another process has the port',
      'Stop it, or set another port in the field that is named.',
    ),
    'listen.failed': meaning('The address cannot be listened on', 'Check the field that is named.'),
    'server.app': meaning(
      'An app of the IM server is described wrongly',
      'The hint shows how it is written.',
    ),
    'server.database': meaning(
      'The IM server was given no database',
      'Give `data`, a folder, or `database`.',
    ),
    'server.listen': meaning(
      'The IM server cannot listen on the port',
      'Stop what has the port, or choose another.',
    ),
    'database.none': meaning('There is no database to copy', 'Look at `--from`.'),
    'copy.same': meaning('Source and target of the copy are the same', 'Look at `--from` and `--to`.'),
    'bot.unknown': meaning('It is not clear which bot is meant, or there is none', 'Name one with `--bot`.'),
    'schedule.unknown': meaning(
      'It is not clear which schedule is meant, or there is none',
      '`beadle schedule list` shows them.',
    ),
    'webhook.away': meaning('Beadle does not answer', 'Start it, or name its address with `--url`.'),
    'sandbox.none': meaning(
      'The app is not of the embedded server',
      'Leave `jmessage.endpoint` empty, and set `server.sandbox`.',
    ),
    'sandbox.away': meaning('The embedded server does not answer', 'Start it in another terminal.'),
    'sandbox.refused': meaning(
      'The embedded server has no sandbox, or refuses',
      'Set `server.sandbox` to true, and start again.',
    ),
    'order.invalid': meaning(
      'What the running Beadle was asked for is wrong',
      'The message names the field.',
    ),
    'order.unknown': meaning(
      'The running Beadle does not know what it was asked for',
      'It is of another version than the command line: start it anew.',
    ),
    'order.failed': meaning('What the running Beadle was asked for failed', 'The message says why.'),
    'orders.stopped': meaning('Beadle is ending', 'Ask again once it runs.'),
    'dead.unknown': meaning('There is no dead letter of that id', '`beadle dead list` shows what there is.'),
    'dead.ambiguous': meaning('Several dead letters begin with that id', 'Give more of it.'),
    'event.unknown': meaning('There is no event of that id', '`beadle events` shows what there is.'),
    'event.ambiguous': meaning('Several events end with that id', 'Give more of it.'),
    'event.nobody': meaning(
      'Nobody of those named has to handle the event',
      '`beadle events show` tells who did; `--again` hands it to any plugin.',
    ),
    'recording.exists': meaning('The file is there already', 'Give another name, or `--force`.'),
    'recording.invalid': meaning('The file is no recording', '`beadle events record FILE` makes one.'),
    'recording.large': meaning('The recording has too many events', 'Replay it in parts.'),
    'recording.unreadable': meaning('The recording cannot be read', 'Check path and rights.'),
    'recording.unwritable': meaning('The recording cannot be written', 'Check path and rights.'),
    'health.check': meaning(
      '`exclude` of `/readyz` names a check that is not there',
      'The message lists them.',
    ),
  },
  'Bots and apps': {
    'app.unknown': meaning(
      'A bot is of an app that is not there',
      'One that is new in config.yaml takes a restart.',
    ),
    'bot.unregistered': meaning(
      "The bot's account could not be registered, as JMessage does not answer",
      'Ask for the reload again once it does.',
    ),
    'identity.taken': meaning(
      "There is an account of the bot's username that Beadle did not make",
      'Choose another username, or set `adopt: true` if it is yours.',
    ),
  },
  'Loading plugins': {
    'plugin.unknown': meaning(
      'There is no such plugin',
      'Look at the folders of `plugins` in config.yaml, and at the packages that are installed.',
    ),
    'plugin.load': meaning('The file of the plugin cannot be loaded', 'Mend it; the message has the place.'),
    'plugin.export': meaning(
      'The file does not export a plugin by default',
      'Write `export default definePlugin({ … })`.',
    ),
    'plugin.settings': meaning(
      "The settings do not fit the plugin's schema",
      'Mend the field; if the plugin changed, start again.',
    ),
    'plugin.texts': meaning(
      'Its texts have no English, or others say what English does not know',
      'The message names language and key.',
    ),
    'plugin.setup': meaning('`setup` of the plugin failed', 'The message says why.'),
    'plugin.slow': meaning('`setup` takes too long', 'Have it wait for nothing that may not come.'),
    'plugin.no-file': meaning(
      'A plugin without a file cannot run in a thread',
      'Tell its `file`, or leave out `isolation: worker`.',
    ),
    'plugin.twice': meaning('Something was registered twice by one name', 'Give one another name.'),
    'plugin.thread': meaning(
      'A thread was asked for what it cannot do by itself',
      'Report it: plugins cannot cause it.',
    ),
  },
  'Running plugins': {
    'plugin.timeout': meaning(
      'The handler took longer than it may',
      'Do less in it, or put the work into a job; `limits.handler` is the time.',
    ),
    'plugin.stuck': meaning(
      'The handler kept the process busy',
      'Let it wait in between, or use `isolation: worker`.',
    ),
    'plugin.crashed': meaning(
      'The thread of the plugin crashed',
      'Look at its error; it is started again by itself.',
    ),
    'plugin.exited': meaning(
      'The plugin ended its thread',
      'Take `process.exit` out of it; the thread is started again.',
    ),
    'plugin.slow-setup': meaning(
      'The thread did not set up the plugin within a minute',
      'Have `setup` wait for nothing that may not come; it is tried again.',
    ),
    'plugin.interrupted': meaning('The thread ended while the handler ran', 'Nothing: it is tried again.'),
    'plugin.no-handler': meaning(
      'The plugin has no handler any more for what waited',
      'Bring the handler back, or drop the dead letter.',
    ),
    'plugin.gone': meaning('The bot does not have the plugin now', 'Bring it back, or drop the dead letter.'),
    'plugin.moved': meaning('Another process sees to this now', 'Nothing.'),
    'plugin.stopped': meaning('Beadle is ending', 'Nothing: it goes on with the next start.'),
  },
  'Commands, listeners, middleware': {
    'command.pattern': meaning(
      'The pattern of a command is wrong',
      'The message says where; docs/commands.md has the forms.',
    ),
    'command.options': meaning('The options of a command are wrong', 'The message names the field.'),
    'command.twice': meaning('The command is there twice', 'Rename one of them.'),
    'command.unknown': meaning(
      "The bot's file names a command that the plugin does not have",
      'Write the name as the pattern has it.',
    ),
    'command.answer': meaning(
      'A command returned what is no answer',
      'Return a text, a card, `{ text, … }`, or nothing.',
    ),
    'listener.name': meaning('There is nothing of that name to listen to', 'The hint lists the names.'),
    'listener.invalid': meaning('The listener is no function', 'Write `ctx.on(name, listener)`.'),
    'listener.filter': meaning(
      'The filter is wrong, or the event takes none',
      'The message names the field.',
    ),
    'middleware.invalid': meaning(
      'Middleware is no function',
      'Write `ctx.use(async (context, next) => next())`.',
    ),
    'middleware.field': meaning(
      'Middleware adds a field that contexts have by themselves',
      'Give it another name.',
    ),
    'middleware.next-twice': meaning('Middleware called `next` twice', 'Call it once.'),
  },
  Dialogues: {
    'ask.invalid': meaning('The question cannot be asked so', 'The message says why; see docs/dialogues.md.'),
    'ask.twice': meaning('A question is being asked already', 'Await one `ask` before the next.'),
    'dialogue.once': meaning('What `ask.once` gave cannot be kept', 'Have it return an id, or nothing.'),
    'dialogue.large': meaning('The dialogue has become too large', 'Ask fewer questions in one handler.'),
    'dialogue.steps': meaning('The dialogue has too many answers', 'Ask fewer questions in one handler.'),
    'dialogue.moved': meaning('The dialogue has gone on elsewhere', 'Nothing.'),
  },
  'Schedules and jobs': {
    'cron.invalid': meaning('The cron expression is wrong', 'Write it as `0 9 * * 1-5`.'),
    'cron.missed': meaning(
      '`missed` is wrong',
      "Write `skip`, `once`, `{ once: '10m' }` or `{ all: '6h' }`.",
    ),
    'cron.twice': meaning('Two schedules of a plugin have one name', 'Give one another name.'),
    'cron.zone': meaning('That is no time zone', 'Write `Asia/Shanghai` or `UTC`.'),
    'job.name': meaning('A job cannot have that name', "Names that begin with `$` are Beadle's own."),
    'job.key': meaning(
      'The key of a job is too long, or has half of a character',
      'Take a shorter key, such as a hash of it.',
    ),
    'job.time': meaning(
      'A job cannot be at that time',
      'Give ms since 1970, at most ten years away, or `after`.',
    ),
    'job.every': meaning('A job with `every` needs a key, and neither `at` nor `after`', 'Give it a `key`.'),
    'job.limit': meaning('`limit` is out of range', 'Read further pages with `after`.'),
    'job.data': meaning("The data do not fit the job's schema", 'The message names the field.'),
    'job.mismatch': meaning(
      'Data of a job that waited do not fit the schema any more',
      'Have the schema take what the former version wrote, too.',
    ),
    'job.no-handler': meaning('The plugin has no handler for jobs of that name', 'Add `ctx.onJob`.'),
    'duration.invalid': meaning('That is no duration', 'Write `10m`, `2h30m` or `1d`.'),
  },
  State: {
    'state.name': meaning(
      'A value cannot have that name',
      'Begin with a letter; 64 letters, digits, `_ . -` at most.',
    ),
    'state.twice': meaning('The value is defined twice', 'Define it once, in `setup`.'),
    'state.per': meaning(
      '`per` is none of those there are',
      'Write `bot`, `plugin`, `conversation` or `person`.',
    ),
    'state.ttl': meaning('A value cannot be kept that long', 'Leave out `ttl` to keep it for good.'),
    'state.key': meaning(
      'The key is too long, or has half of a character',
      'Take a shorter key, such as a hash of it.',
    ),
    'state.person': meaning(
      'The key of a value per person is wrong',
      'Give a username, a message or a user.',
    ),
    'state.conversation': meaning(
      'The key of a value per conversation is wrong',
      'Give a message, a group, a room or a user.',
    ),
    'state.limit': meaning('`limit` is out of range', 'Read further pages with `after`.'),
    'state.number': meaning('Something was added to what is no number', '`add` is for schemas of numbers.'),
    'state.once': meaning('`once` is neither an event nor a short text', 'Write `{ once: event }`.'),
    'state.schema': meaning(
      'The schema cannot be used',
      'It has to work both ways, without promises: `z.codec()` in place of `transform()`.',
    ),
    'state.value': meaning(
      'The value does not fit its schema, and is not kept',
      'The message names the field.',
    ),
    'state.mismatch': meaning(
      'What is kept does not fit the schema any more',
      'Give `migrate`, or the schema a `.catch()`, or delete the value.',
    ),
    'state.changed': meaning('The value was changed meanwhile', 'Nothing: the update is made again.'),
  },
  Services: {
    'service.name': meaning(
      'A service cannot have that name',
      'Begin with a letter; 64 letters, digits, `_ . -` at most.',
    ),
    'service.plan': meaning(
      'The services of a bot do not fit together',
      'The message names the plugins: one lacks, or they need each other.',
    ),
    'service.undeclared': meaning(
      'A plugin asks for a service that it does not name',
      'Name it in `needs` or `wants`.',
    ),
    'service.not-provided': meaning(
      'A plugin did not provide what it says it does',
      'Call `ctx.provide` before `setup` ends.',
    ),
    'service.twice': meaning('A plugin provides a service twice', 'Provide it once.'),
    'service.value': meaning('The service is neither an object nor a function', 'Provide one of these.'),
    'service.gone': meaning(
      'The plugin that provides the service was unloaded',
      'Ask for it in `setup`; the handler is tried again.',
    ),
  },
  Messages: {
    'message.invalid': meaning(
      'The message cannot be sent',
      'The message names the field, or how many bytes it is over.',
    ),
    'card.invalid': meaning('The card cannot be sent', 'The message names the field.'),
    'template.invalid': meaning('The template is wrong', 'The message has the place.'),
    'template.failed': meaning('The template cannot be filled in', 'Give all values that it uses.'),
    'media.not-found': meaning('There is no such file', 'Relative paths start at the folder of config.yaml.'),
    'media.unreadable': meaning(
      'The source cannot be read',
      'Give a path, a URL, bytes or a stream of bytes.',
    ),
    'media.download': meaning('The URL cannot be downloaded', 'Check that it is reachable from here.'),
    'media.too-large': meaning('The file is too large', 'Make it smaller, or send a link.'),
    'media.format': meaning(
      'That is no picture that JMessage takes',
      'Send a jpg, png, gif or bmp, or send it as a file.',
    ),
    'media.duration': meaning(
      'The length of the voice clip cannot be told from it',
      'Give `duration` in seconds.',
    ),
    'retract.unsent': meaning('The message was never sent, so it cannot be taken back', 'Nothing.'),
    'sent.count': meaning('`count` is out of range', 'Give a number from 1 to 100.'),
    'targets.failed': meaning('Some targets were not reached', 'The message names them.'),
    'history.ran-out': meaning('A page of the history ended too early', 'Nothing: it is read again.'),
  },
  'The outbox, and dead letters': {
    'outbox.in-doubt': meaning(
      'Nobody can tell whether the message was sent',
      'Look into the chat: `beadle dead replay` sends it, `beadle dead drop` forgets it.',
    ),
    'outbox.expired': meaning(
      'JMessage could not be asked in time',
      '`beadle dead replay` asks it now; `limits.sendAge` is the time.',
    ),
    'outbox.refused': meaning(
      'JMessage refused the call',
      'The message has its code: see the codes of JMessage.',
    ),
    'outbox.full': meaning('Too many calls wait for JMessage', 'Wait; send less at once.'),
    'outbox.store': meaning(
      'The call could not be noted',
      'Look at the database: `/readyz` and the log tell.',
    ),
    'outbox.unknown': meaning(
      'There is no such message',
      'It may be forgotten by now: `keep` says how long it is kept.',
    ),
    'outbox.moved': meaning('Another process makes the call now', 'Nothing.'),
    'outbox.stopped': meaning('Beadle is ending', 'Nothing: it goes on with the next start.'),
  },
  Broadcasts: {
    'broadcast.invalid': meaning(
      'The broadcast, or what is asked about it, is wrong',
      'The message names the field.',
    ),
    'broadcast.many': meaning(
      'Too many broadcasts have not ended',
      'Wait for some, or cancel those that are paused.',
    ),
    'broadcast.unknown': meaning('There is no such broadcast', '`beadle broadcast list` shows them.'),
    'broadcast.ambiguous': meaning('Several broadcasts begin with that id', 'Give more of it.'),
    'broadcast.unattended': meaning(
      'The broadcast waits for its bot',
      'Bring the bot back, or take it out of the shadow.',
    ),
    'broadcast.unavailable': meaning('Broadcasts are not possible here', 'Begin it in a running Beadle.'),
    'broadcast.gone': meaning(
      'The broadcast that was begun before was cleared away',
      'Begin another, with another command.',
    ),
    'broadcast.moved': meaning('Another process sees to it now', 'Nothing.'),
    'broadcast.stopped': meaning('Beadle is ending', 'Nothing: it goes on with the next start.'),
    'shadow.answer': meaning(
      'A bot in the shadow cannot make up an answer to the call',
      'Do without the answer, or try it outside of the shadow.',
    ),
  },
  Webhooks: {
    'webhook.unknown': meaning('There is no such webhook', '`beadle webhook list` shows them.'),
    'webhook.missing': meaning(
      'The proof is missing',
      'The message names the header and what it has to hold.',
    ),
    'webhook.mismatch': meaning('The proof is wrong', 'Compare the secret here with that of the sender.'),
    'webhook.stale': meaning(
      'The call is too old, or from the future',
      'Set the clocks right; `tolerance` says how old it may be.',
    ),
    'webhook.address': meaning(
      'It comes from an address that may not call',
      'Add it to `ips`; behind a proxy, set `trustProxies`.',
    ),
    'webhook.invalid': meaning(
      'A webhook is set up wrongly; or the body, a header or a parameter of a call is wrong',
      'The message names the field.',
    ),
    'webhook.type': meaning('The `Content-Type` is not taken', 'The message names those that are.'),
    'webhook.too-large': meaning('The body is too large', 'Send less, or raise `limits.webhookBytes`.'),
    'webhook.key-reused': meaning(
      'An `Idempotency-Key` was used for another body',
      'Make a new key for each call.',
    ),
    'webhook.busy': meaning('Too much waits already', 'Call again after `Retry-After`.'),
    'webhook.unavailable': meaning(
      'The plugin is being loaded, or its thread started again',
      'Call again after `Retry-After`.',
    ),
    'webhook.answer': meaning('What a handler answered cannot be sent', 'The message says why.'),
    'webhook.refused': meaning('The handler refused the call with a `UserError` (422)', 'The text says why.'),
    'webhook.failed': meaning(
      'The handler failed for good while the caller waited (500)',
      'The event is a dead letter: `beadle dead show`.',
    ),
  },
  'Calling JMessage': {
    'callback.unauthorized': meaning(
      'A callback did not prove that it comes from JMessage',
      'Compare appKey and masterSecret here with those of the app that calls.',
    ),
    'callback.invalid': meaning(
      'A callback has no form that JMessage’s have',
      'The message names the field.',
    ),
    'api.unauthorized': meaning('JMessage does not take the keys', 'Check appKey and masterSecret.'),
    'api.not-found': meaning('A user, group, room or message is not there', 'Check the name or number.'),
    'api.invalid': meaning('The call breaks a rule of the protocol', 'The message names the field.'),
    'api.retract-too-late': meaning(
      'The three minutes for taking back are over',
      "Use `replace` with `late: 'send'`, or leave it.",
    ),
    'api.rate-limited': meaning('The quota is used up', 'Nothing: it is made again later.'),
    'api.fault': meaning(
      'JMessage failed',
      'Nothing: it is made again, once it is clear that it was not made.',
    ),
    'api.refused': meaning('JMessage refused for another reason', 'See its code below.'),
    'transport.failed': meaning('There was no answer', 'Check that `endpoint` is right and reachable.'),
    'quota.busy': meaning('Too many calls wait for the quota', 'Wait; call less at once.'),
    'quota.contended': meaning('Too many processes ask for the quota at once', 'Nothing: it is asked again.'),
    'batch.stopped': meaning(
      'A call of many parts stopped at one',
      'The error has what was done, and its cause.',
    ),
    'client.closed': meaning('The client is closed', 'Make another.'),
  },
  Tests: {
    'world.expected': meaning('No bot said what was expected', 'The message shows what was said instead.'),
    'world.unsettled': meaning('Something still waits', 'What waits for time needs `w.clock.advance`.'),
    'world.trigger': meaning('There is no such webhook, schedule or job, or several', 'The hint lists them.'),
    'world.place': meaning('There is no such person, group or room', 'The hint lists them.'),
    'world.settings': meaning('The settings of a plugin are wrong', 'The message names the field.'),
    'world.texts': meaning(
      'Texts of a plugin are not there in all of its languages',
      'The message names language and key.',
    ),
    'world.users': meaning('A user cannot be registered', 'The message says why.'),
    'world.recording': meaning(
      'The recording is of a plugin that the world does not have',
      'Name bot and instance as they were named then.',
    ),
    'world.over': meaning('The world has ended', 'Use it before `close`.'),
    'clock.moment': meaning('The clock cannot be moved there', 'Give a moment that is not in the past.'),
  },
}
