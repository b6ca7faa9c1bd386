import type { ManualClock } from '../base/clock.ts'
import { closest } from '../base/closest.ts'
import { AppError } from '../base/errors.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { signWebhook } from '../runtime/sources/webhook/sign.ts'
import type { WebhookAuthInput } from '../runtime/sources/webhook/webhook-auth.ts'
import { query, type Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

export interface TriggerMeans {
  readonly runtime: Runtime
  readonly store: Store<RuntimeTables>
  readonly clock: ManualClock
}

/** A call of a webhook, beside its body. */
export interface WebhookCall {
  readonly headers?: Readonly<Record<string, string>>
  /** Proves who calls, in place of what the webhook asks for; `'none'`: no proof, to see that it is refused. */
  readonly auth?: WebhookAuthInput | 'none'
}

const HOOKS = '/hooks/'

/** The request that calls a webhook, signed as it asks for. */
export function webhookRequest(
  { runtime, clock }: TriggerMeans,
  name: string,
  body: unknown,
  { headers = {}, auth }: WebhookCall,
): { readonly path: string; readonly body: string; readonly headers: Record<string, string> } {
  const { webhooks } = runtime
  const wanted = name.startsWith(HOOKS) ? name.slice(HOOKS.length) : name
  const path =
    HOOKS +
    theOne(
      'webhook',
      wanted,
      webhooks.paths.map(path => path.slice(HOOKS.length)),
    )
  const proof = auth ?? webhooks.authOf(path)!
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const signed = proof === 'none' ? {} : signWebhook(proof, Buffer.from(text), clock.now())
  return { path, body: text, headers: { 'content-type': 'application/json', ...signed, ...headers } }
}

/** Has a schedule fire now, whenever it is due. */
export async function fireSchedule({ runtime, clock }: TriggerMeans, name: string): Promise<void> {
  const { schedules, journal } = runtime
  const id = theOne('schedule', name, schedules.all.map(idOf))
  const { bot, plugin, name: own } = schedules.all.find(schedule => idOf(schedule) === id)!
  const scheduledAt = clock.now()
  const data = { name: own, scheduledAt }
  await journal.accept([{ type: 'cron', conversation: `cron:${own}`, data, recipients: [{ bot, plugin }] }])
}

const waitingJobs = query<RuntimeTables>()(db =>
  db.selectFrom('jobs').select(['bot', 'plugin', 'name', 'due_at']).orderBy('due_at'),
)

/** Lets time pass until the next job of a name is due. */
export async function advanceToJob({ store, clock }: TriggerMeans, name: string): Promise<void> {
  const jobs = await store.read.all(waitingJobs, {})
  const id = theOne('waiting job', name, [...new Set(jobs.map(idOf))])
  const { due_at } = jobs.find(job => idOf(job) === id)!
  await clock.advance(Math.max(0, Number(due_at) - clock.now()))
}

const idOf = ({ bot, plugin, name }: { bot: string; plugin: string; name: string }): string =>
  `${bot}/${plugin}/${name}`

/** Finds `bot/plugin/name` by all of it, or by the end of it that tells which one is meant. */
function theOne(what: string, wanted: string, ids: readonly string[]): string {
  const found = ids.includes(wanted) ? [wanted] : ids.filter(id => id.endsWith(`/${wanted}`))
  if (found.length === 1) return found[0]!
  const shown = ids.map(id => `'${id}'`).join(', ')
  if (found.length > 1) {
    throw new AppError(`there are several ${what}s '${wanted}' in this world`, {
      code: 'world.trigger',
      hint: `Name plugin and bot, too: ${found.map(id => `'${id}'`).join(' or ')}.`,
    })
  }
  const near = closest(
    wanted,
    ids.flatMap(id => [id, id.slice(id.indexOf('/') + 1), id.split('/').slice(2).join('/')]),
  )
  throw new AppError(`there is no ${what} '${wanted}' in this world`, {
    code: 'world.trigger',
    hint: `There ${ids.length === 0 ? 'are none' : `are ${shown}`}.${near ? ` Did you mean '${near}'?` : ''}`,
  })
}
