import { AppError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Bot } from '../runtime/bot/bot.ts'
import type { ReloadAnswer } from '../runtime/reloads/reloads.ts'
import { type Beadle, startBeadle } from './beadle.ts'
import { type LoadedConfig, loadConfig } from './config/index.ts'
import { type InlineConfig, inlineConfig } from './config/inline-config.ts'
import type { Caller, Fetch } from './front.ts'
import { KnownSecrets, secretsOf } from './hide-secrets.ts'
import { listWebhooks, type WebhookInfo } from './list-webhooks.ts'
import { createLog } from './log.ts'

/** A configuration in files. */
export interface ConfigFile {
  /** Path of config.yaml; from it, the bots are found. */
  readonly config: string
  /** In place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A configuration that a program gives, in place of files. */
export interface ConfigGiven extends InlineConfig {
  readonly config?: undefined
  /** Where relative paths start. Default: the current folder. */
  readonly baseDir?: string
}

export interface EmbedOptions {
  /** Where it tells what it does. Default: standard error, as `log` of the configuration says. */
  readonly logger?: Log
}

/** A Beadle in a program of another: it takes requests, and listens on no address for them. */
export interface EmbeddedBeadle extends AsyncDisposable {
  /**
   * Answers a request as the server of Beadle would: webhooks (`/hooks/…`), callbacks (`/callbacks/jmessage`), `/healthz`,
   * `/readyz` and `/metrics`. Never rejects. Need not be called as a method.
   *
   * @param caller  whom the request is from, where that is known: `{ address }`, or what the server of Node.js for Hono
   *   hands over beside a request
   */
  readonly fetch: Fetch
  /** The embedded IM server, where some app has no `endpoint`. */
  readonly imServer: { readonly url: string; fetch(request: Request): Promise<Response> } | undefined
  /**
   * A bot, by its id: for what happens outside of handlers.
   *
   * @throws AppError `bot.unknown`
   */
  bot(id: string): Bot
  /**
   * All webhooks, each with a call of it for the shell.
   *
   * @param url  where `fetch` is reached. Default: `publicUrl`, or `http://localhost`
   */
  webhooks(url?: string): WebhookInfo[]
  /** Reads the files anew, and applies what has changed; without files there is nothing to read. */
  reload(): Promise<ReloadAnswer>
  /** Takes nothing more in, finishes or parks what runs, and closes everything, within about `graceMs`. Default: 8000. */
  close(graceMs?: number): Promise<void>
}

/**
 * Starts the bots of a configuration within another program: without an address that it listens on, without handlers of
 * signals or of errors that nobody takes, and without a watchdog, which are all for the program to have.
 *
 * @example
 *   const beadle = await createBeadle({ config: './config.yaml' })
 *   export default { fetch: beadle.fetch }
 * @throws ConfigError with all that is wrong, or AppError saying what is in the way; nothing is left open then
 */
export async function createBeadle(
  options: (ConfigFile | ConfigGiven) & EmbedOptions,
): Promise<EmbeddedBeadle> {
  const { read, isInline } = readerOf(options)
  const config = await read()
  const secrets = new KnownSecrets(secretsOf(config))
  const log = options.logger ?? (await createLog(config.main.log, secrets))
  const serverListens = !isInline || (options as ConfigGiven).server?.listen !== undefined
  const beadle = await startBeadle(config, log, { secrets, listens: false, serverListens, reread: read })
  return embedded(beadle, log)
}

function readerOf(options: (ConfigFile | ConfigGiven) & EmbedOptions): {
  readonly read: () => Promise<LoadedConfig>
  readonly isInline: boolean
} {
  if (options.config !== undefined) {
    const { config, env = process.env } = options
    return { read: () => loadConfig(config, { env }), isInline: false }
  }
  const { logger: _, config: __, baseDir = process.cwd(), ...given } = options
  return { read: async () => inlineConfig(given, baseDir), isInline: true }
}

function embedded(beadle: Beadle, log: Log): EmbeddedBeadle {
  let closed: Promise<void> | undefined
  const close = (graceMs?: number) => (closed ??= beadle.close(graceMs))
  const { runtime } = beadle
  return {
    fetch: async (request: Request, caller?: Caller) => {
      try {
        return await beadle.fetch(request, caller)
      } catch (err) {
        log.error({ err }, 'a request failed')
        return unavailable()
      }
    },
    imServer: beadle.imServer,
    bot(id) {
      const found = runtime.host.bots.find(bot => bot.id === id)
      if (found) return found
      const known = runtime.host.bots.map(bot => bot.id).join(', ')
      throw new AppError(`there is no bot ${id}`, { code: 'bot.unknown', hint: `There are: ${known}.` })
    },
    webhooks: (url = beadle.url) => listWebhooks(runtime.webhooks, url.replace(/\/+$/, '')),
    reload: () => beadle.reload(),
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

const unavailable = (): Response =>
  Response.json(
    { error: { code: 'unavailable', message: 'the request could not be taken; send it again later' } },
    { status: 503, headers: { 'retry-after': '5' } },
  )
