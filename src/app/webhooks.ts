import { systemClock } from '../base/clock.ts'
import { closest } from '../base/closest.ts'
import { AppError, asError } from '../base/errors.ts'
import { signWebhook } from '../runtime/sources/webhook/sign.ts'
import type { WebhookAuth } from '../runtime/sources/webhook/webhook-auth.ts'
import type { LoadedConfig } from './config/index.ts'
import { listWebhooks, type WebhookInfo } from './list-webhooks.ts'
import { listeningAt, lookAtPlugins, type PlanProblem } from './plan/make-plan.ts'
import { loadBotSpecs } from './plugins.ts'

export type { WebhookInfo }

/** A webhook, and where it is called. */
export interface ListedWebhook extends WebhookInfo {
  readonly url: string
}

/** What the bots of a configuration have, whether they run or not; its plugins are set up for that, and taken down. */
export async function webhooksOf(
  config: LoadedConfig,
): Promise<{ readonly webhooks: readonly ListedWebhook[]; readonly problems: readonly PlanProblem[] }> {
  const { webhooks, problems } = await known(config)
  return { webhooks: webhooks.map(({ auth: _, info }) => info), problems }
}

/** A call of a webhook. */
export interface WebhookCall {
  /** As it is sent. */
  readonly body: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  /** Whether it proves who calls, as the webhook wants. */
  readonly isSigned: boolean
  /** Where Beadle is reached. Default: at its `listen`. */
  readonly url?: string | undefined
}

export interface WebhookAnswer {
  readonly url: string
  readonly status: number
  readonly body: string
}

/** The answer to a call may take as long as a webhook makes its callers wait, and some more. */
const ANSWER_MS = 70_000

/**
 * Calls a webhook of the running Beadle as its sender would.
 *
 * @param named  `bot/plugin/name`, or the end of it, if one only ends so
 * @throws AppError `webhook.unknown`, `webhook.away`
 */
export async function callWebhook(
  config: LoadedConfig,
  named: string,
  call: WebhookCall,
): Promise<WebhookAnswer> {
  const { webhooks } = await known(config)
  const { auth, info } = webhookNamed(webhooks, named)
  const base = (call.url ?? listeningAt(config.main)).replace(/\/+$/, '')
  const proof = call.isSigned ? signWebhook(auth, call.body, systemClock.now()) : {}
  try {
    const response = await fetch(`${base}${info.path}`, {
      method: 'POST',
      headers: { 'content-type': call.contentType, ...proof, ...call.headers },
      body: call.body,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    return { url: `${base}${info.path}`, status: response.status, body: await response.text() }
  } catch (thrown) {
    const cause = asError(thrown)
    throw new AppError(`${base} does not answer`, {
      code: 'webhook.away',
      hint: 'Does Beadle run? beadle start, or beadle dev; --url names another address.',
      cause,
    })
  }
}

interface Known {
  readonly auth: WebhookAuth
  readonly info: ListedWebhook
}

async function known(config: LoadedConfig): Promise<{ webhooks: Known[]; problems: readonly PlanProblem[] }> {
  const base = config.main.publicUrl ?? listeningAt(config.main)
  const { seen, problems } = await lookAtPlugins({
    config,
    bots: await loadBotSpecs(config),
    look: ({ webhooks }) =>
      listWebhooks(webhooks, base).map(info => ({
        auth: webhooks.authOf(decodeURIComponent(info.path))!,
        info: { ...info, url: base + info.path },
      })),
  })
  return { webhooks: seen, problems }
}

function webhookNamed(webhooks: readonly Known[], named: string): Known {
  const ids = webhooks.map(({ info }) => idOf(info))
  const wanted = named.replace(/^\/?hooks\//, '')
  const found = webhooks.filter(({ info }) => idOf(info) === wanted || idOf(info).endsWith(`/${wanted}`))
  const exact = found.find(({ info }) => idOf(info) === wanted)
  if (exact ?? found.length === 1) return exact ?? found[0]!
  const near = closest(wanted, [...ids, ...webhooks.map(({ info }) => info.name)])
  throw new AppError(
    found.length > 1 ? `there are ${found.length} webhooks called ${named}` : `there is no webhook ${named}`,
    {
      code: 'webhook.unknown',
      hint:
        found.length > 1
          ? `Say which: ${found.map(({ info }) => idOf(info)).join(', ')}.`
          : near
            ? `Did you mean ${near}?`
            : `There are: ${ids.join(', ') || 'none'}.`,
    },
  )
}

export const idOf = ({ bot, plugin, name }: Pick<WebhookInfo, 'bot' | 'plugin' | 'name'>): string =>
  `${bot}/${plugin}/${name}`
