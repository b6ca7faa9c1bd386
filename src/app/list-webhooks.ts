import type { WebhookAccept } from '../runtime/sources/webhook/parse-body.ts'
import { sampleCall } from '../runtime/sources/webhook/sample-call.ts'
import { kindOf, type WebhookAuthKind } from '../runtime/sources/webhook/webhook-auth.ts'
import type { Webhooks } from '../runtime/sources/webhook/webhooks.ts'

/** A webhook, as it is told to people. Holds no secret. */
export interface WebhookInfo {
  readonly bot: string
  /** The plugin's instance. */
  readonly plugin: string
  readonly name: string
  /** Of the address, encoded as it is called. */
  readonly path: string
  readonly auth: WebhookAuthKind
  /** Addresses from which alone it may be called. */
  readonly ips?: readonly string[]
  /** Absent: JSON, or a form. */
  readonly accept?: WebhookAccept
  /** So long does the caller wait for the handler. */
  readonly waitMs?: number
  /** A call of it for the shell: see {@link sampleCall}. */
  readonly sample: string
}

/**
 * All webhooks of a running Beadle, by their paths.
 *
 * @param url  where it is reached, without a slash at its end
 */
export function listWebhooks({ all }: Pick<Webhooks, 'all'>, url: string): WebhookInfo[] {
  return all
    .map(({ bot, plugin, name, auth, accept, waitMs }): WebhookInfo => {
      const path = `/hooks/${[bot, plugin, name].map(encodeURIComponent).join('/')}`
      return {
        ...{ bot, plugin, name, path, auth: kindOf(auth) },
        ...(auth.ips ? { ips: auth.ips } : {}),
        ...(accept ? { accept } : {}),
        ...(waitMs === undefined ? {} : { waitMs }),
        sample: sampleCall({ auth, accept }, url + path),
      }
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1))
}
