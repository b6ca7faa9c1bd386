import { z } from 'zod'
import { AppError } from '../../base/errors.ts'
import { describeIssue } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { type DeadName, deadId, deadLetters } from '../events/dead.ts'
import { EventLine } from '../events/record.ts'
import type { Handed, Replay } from '../events/replay.ts'
import type { OrderKind } from './orders.ts'

export interface OrderMeans {
  readonly store: Store<RuntimeTables>
  readonly replay: Replay
  readonly outbox: {
    /** Has a call that was given up made again. `false` when it is not one of those. */
    resend(key: string): Promise<boolean>
    drop(key: string): Promise<boolean>
  }
}

/** What became of one thing that an order was about. */
export interface OrderItem {
  /** Id of an event, or of a dead letter. */
  readonly id: string
  readonly about: string
  /** Why nothing was done; absent if it was. */
  readonly not?: string
}

const meant = { bot: z.string().optional(), plugin: z.string().optional() }
const ReplayArgs = z.object({ events: z.array(z.string()), again: z.boolean(), ...meant })
const RecordedArgs = z.object({ records: z.array(EventLine), ...meant })
const DeadArgs = z.union([
  z.object({ all: z.literal(true) }),
  z.object({
    names: z.array(
      z.union([
        z.object({ event: z.string(), bot: z.string(), plugin: z.string() }),
        z.object({ call: z.string() }),
      ]),
    ),
  }),
])

/** The orders about events and dead letters, by their names. */
export function eventOrders({ store, replay, outbox }: OrderMeans): Record<string, OrderKind> {
  const eachDead =
    (all: () => Promise<DeadName[]>, work: (name: DeadName) => Promise<OrderItem>): OrderKind =>
    async (given, _, signal) => {
      const args = read(DeadArgs, given)
      return each('all' in args ? await all() : args.names, signal, work)
    }
  const letters = async () => (await deadLetters(store)).map(({ name }) => name)
  return {
    'events.replay': async (given, order, signal) => {
      const { events, again, ...rest } = read(ReplayArgs, given)
      const items = await each(events, signal, id =>
        handed(id, again ? replay.anew(id, rest, order) : replay.again(id, rest)),
      )
      return items.flat()
    },
    'events.replay-recorded': async (given, order, signal) => {
      const { records, ...rest } = read(RecordedArgs, given)
      const items = await each(records, signal, record =>
        handed(record.id, replay.accept({ ...record, recipients: record.deliveries }, rest, order)),
      )
      return items.flat()
    },
    'dead.replay': eachDead(
      async () => withoutTheirCalls(await letters()),
      async name => {
        if ('call' in name) return asked(name, name.call, await outbox.resend(name.call))
        const handed = itemOf(await replay.delivery(name.event, name))
        return { ...handed, id: deadId(name) }
      },
    ),
    'dead.drop': eachDead(letters, async name =>
      'call' in name
        ? asked(name, name.call, await outbox.drop(name.call))
        : asked(name, aboutOf(name), await replay.drop(name.event, name)),
    ),
  }
}

/** Calls of deliveries that are among them are left out: they are made again when these are handled again. */
function withoutTheirCalls(names: readonly DeadName[]): DeadName[] {
  const handled = new Set(names.flatMap(name => ('call' in name ? [] : [ownerKey(name)])))
  return names.filter(name => !('call' in name && handled.has(name.call.split('/', 3).join('/'))))
}

const ownerKey = ({ event, bot, plugin }: Handed) => `${event}/${bot}/${plugin}`

async function each<T, R>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (const item of items) {
    signal.throwIfAborted()
    results.push(await work(item))
  }
  return results
}

/** What became of one event; the others are seen to all the same. */
async function handed(id: string, work: Promise<Handed[]>): Promise<OrderItem[]> {
  try {
    return (await work).map(itemOf)
  } catch (error) {
    if (!(error instanceof AppError) || error.retry !== 'never') throw error
    return [{ id, about: '', not: error.message }]
  }
}

const aboutOf = ({ bot, plugin, event }: Handed) => `${bot}/${plugin} ${event}`

const itemOf = ({ event: id, bot, plugin, not }: Handed): OrderItem => ({
  id,
  about: `${bot}/${plugin}`,
  ...(not === undefined ? {} : { not }),
})

const asked = (name: DeadName, about: string, done: boolean): OrderItem => ({
  id: deadId(name),
  about,
  ...(done ? {} : { not: 'it is no dead letter any more' }),
})

/** @throws AppError `order.invalid` that names the field */
export function read<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const checked = schema.safeParse(given)
  if (checked.success) return checked.data
  throw new AppError(`the order is wrong: ${describeIssue(checked.error, 'args')}`, { code: 'order.invalid' })
}
