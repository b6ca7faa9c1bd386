import type { Template } from '../plugin/template.ts'
import type { Duration } from './context.ts'

/** Who is mentioned: usernames, or `all` of a group or room. */
export type Mention = readonly string[] | 'all'

export interface SendOptions {
  /** Sender's name as shown, in place of the bot's nickname. */
  readonly fromName?: string
  /** Keys of one's own that travel with the message. Not for custom messages. */
  readonly extras?: Readonly<Record<string, unknown>>
  /** Title and text of the notification on the phone. */
  readonly notification?: { readonly title?: string; readonly alert?: string }
  /** Do not keep the message for receivers that are offline. */
  readonly noOffline?: boolean
  /** Do not show it in the notification bar. */
  readonly noNotification?: boolean
  /**
   * Who is mentioned. Names that the text does not have are put in front of it, as `@alice `; and all of them travel as
   * `extras.mention` (in a custom message as its key `mention`), for clients to show. JMessage itself knows of no
   * mentions in what is sent by REST.
   */
  readonly mention?: Mention
  /** Takes itself back so long after JMessage took it: `1s` to `2m50s`, also over restarts. Not for broadcasts. */
  readonly retractAfter?: Duration
}

/** What a template is filled in with. */
export interface Filling {
  /** By the names that stand in the template. What stands in a value is shown as it is: it is no template. */
  readonly values: Readonly<Record<string, unknown>>
  /** IANA zone in which dates are shown. Default: UTC. */
  readonly timezone?: string
}

export const PLAIN: SendOptions = Object.freeze({})

/** The text that is meant: itself, or a template filled in. */
export function textOf(text: string | Template, options: object): string {
  if (typeof text !== 'object' || text === null) return text
  const { values = {}, timezone } = options as Partial<Filling>
  return text.render(values, timezone)
}
