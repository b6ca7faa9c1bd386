import { callWebhook, idOf, webhooksOf } from '../app/webhooks.ts'
import { loadConfigured } from './load-configured.ts'
import { readIn, usage } from './options.ts'
import { plain, printJson, table } from './text.ts'

interface Common {
  readonly config: string
  readonly json?: boolean
}

/** `beadle webhook list`: the plugins are set up for it, whether Beadle runs or not. */
export async function list(options: Common & { bot?: string; curl?: boolean }): Promise<void> {
  const { webhooks, problems } = await webhooksOf(await loadConfigured(options.config))
  const shown = webhooks.filter(({ bot }) => options.bot === undefined || bot === options.bot)
  if (problems.length > 0) process.exitCode = 1
  if (options.json) printJson({ webhooks: shown, problems })
  else {
    const rows = shown.map(webhook => [idOf(webhook), webhook.auth, webhook.url])
    if (options.curl)
      for (const webhook of shown) process.stdout.write(`# ${idOf(webhook)}\n${webhook.sample}\n\n`)
    else if (rows.length === 0) process.stdout.write('There are no webhooks.\n')
    else process.stdout.write(table(['WEBHOOK', 'AUTH', 'URL'], rows))
    for (const { bot, plugin, message } of problems)
      process.stderr.write(`! ${bot}/${plugin}: ${plain(message, 300)}\n`)
  }
}

export interface SendOptions extends Common {
  readonly data?: string
  readonly file?: string
  readonly form?: readonly string[]
  readonly contentType?: string
  readonly header?: readonly string[]
  readonly auth: boolean
  readonly url?: string
}

/** `beadle webhook send`: exit code 1 when the call is refused. */
export async function send(webhook: string, options: SendOptions): Promise<void> {
  const { body, contentType } = bodyOf(options)
  const answer = await callWebhook(await loadConfigured(options.config), webhook, {
    ...{ body, contentType, isSigned: options.auth, url: options.url },
    headers: headersOf(options.header ?? []),
  })
  if (answer.status >= 400) process.exitCode = 1
  if (options.json) printJson({ ...answer, body: jsonOr(answer.body) })
  else process.stdout.write(`${answer.status} ${plain(answer.body, 10_000)}\n`)
}

function bodyOf({ data, file, form, contentType }: SendOptions): { body: string; contentType: string } {
  if ([data, file, form].filter(one => one !== undefined).length > 1)
    throw usage('--data, --file and --form: only one of them')
  if (form) {
    const fields = form.map(field => partsOf('--form', field, '='))
    const body = new URLSearchParams(fields).toString()
    return { body, contentType: contentType ?? 'application/x-www-form-urlencoded' }
  }
  const body = file === undefined ? (data ?? '{}') : readIn('--file', file)
  if (contentType === undefined && jsonOr(body) === body)
    throw usage(
      `${file === undefined ? '--data' : `--file ${file}`}: is no JSON; --content-type says what else it is`,
    )
  return { body, contentType: contentType ?? 'application/json' }
}

const headersOf = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(given.map(header => partsOf('--header', header, ':')))

function partsOf(option: string, text: string, sign: string): [string, string] {
  const at = text.indexOf(sign)
  if (at <= 0) throw usage(`${option} ${text}: must be name${sign}${sign === ':' ? ' ' : ''}value`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** What a text holds as JSON; the text itself, if it is none. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
