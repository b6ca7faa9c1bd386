import type { CallRecord } from '../app/events.ts'
import { firstLine, plain } from './text.ts'

/** What a call is about, in a few words. */
export function callText({ endpoint, lane, args }: Pick<CallRecord, 'endpoint' | 'lane' | 'args'>): string {
  return `${endpoint} ${plain(lane)}  ${plain(gist(endpoint, args))}`
}

/** The line of a call with what came of it. */
export function callLine(call: CallRecord): string {
  const { state, error, result } = call
  const id = (result as { msg_id?: unknown } | null)?.msg_id
  const more = error ? `: ${plain(firstLine(error))}` : id === undefined ? '' : `, message ${id}`
  return `${callText(call)}  (${state}${more})`
}

function gist(endpoint: string, args: CallRecord['args']): string {
  if (endpoint !== 'messages.send') return JSON.stringify(args)
  const { msg_type, msg_body } = args.body as { msg_type: string; msg_body: { text?: unknown } }
  return msg_type === 'text' ? JSON.stringify(msg_body.text) : `${msg_type} ${JSON.stringify(msg_body)}`
}

/** What an event is about, in a few words. */
export function eventText(type: string, data: unknown): string {
  const { name, body, from_id, msg_body } = (data ?? {}) as Record<string, unknown>
  if (type.startsWith('message.')) {
    const { text } = (msg_body ?? {}) as { text?: unknown }
    return `${from_id}: ${typeof text === 'string' ? text : JSON.stringify(msg_body)}`
  }
  return type === 'webhook' ? `${name} ${JSON.stringify(body)}` : String(name ?? '')
}
