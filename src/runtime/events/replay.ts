import { AppError } from '../../base/errors.ts'
import { change, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { alone, type Place } from '../fleet/place.ts'
import { deliveriesOfEvent, dropDelivery, markReplay } from './ended-rows.ts'
import type { HeldDelivery, Recipient } from './event.ts'
import type { Journal } from './journal.ts'

export interface ReplayOptions {
  readonly store: Store<RuntimeTables>
  readonly journal: Journal
  readonly now: () => number
  /** Whether a plugin is there to handle events. */
  readonly has: (recipient: Recipient) => boolean
  /** Has a delivery handled whose row says that it waits. */
  readonly retry: (delivery: HeldDelivery) => void
  readonly place?: Place | undefined
}

/** Which deliveries of an event are meant: all, those of a bot, or of plugins of a name. */
export interface Meant {
  readonly bot?: string | undefined
  readonly plugin?: string | undefined
}

/** An event to be handed over anew. */
export interface Repeated {
  readonly id: string
  readonly type: string
  readonly conversation: string
  readonly data: unknown
  readonly recipients: readonly Recipient[]
}

/** What became of a delivery that was to be handled again. */
export interface Handed extends Recipient {
  readonly event: string
  /** Why it is not handled again; absent if it is. */
  readonly not?: string
}

/** Hands stored events to today's plugins again. */
export class Replay {
  readonly #options: ReplayOptions

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  /**
   * Has an event handled once more under its own keys: what was sent in handling it is not sent again, what was not is.
   *
   * @throws AppError `event.unknown`, `event.nobody`
   */
  async again(event: string, meant: Meant): Promise<Handed[]> {
    const recipients = (await this.#rows(event)).filter(row => isMeant(row, meant))
    if (recipients.length === 0) throw nobody(event)
    const handed: Handed[] = []
    for (const { bot, plugin } of recipients) handed.push(await this.delivery(event, { bot, plugin }))
    return handed
  }

  /** As {@link again}, of one delivery. */
  async delivery(event: string, { bot, plugin }: Recipient): Promise<Handed> {
    const { journal, has, retry, store, place = alone } = this.#options
    const about = { event, bot, plugin }
    if (!has({ bot, plugin })) return { ...about, not: 'there is no such plugin now' }
    const delivery = await journal.reopen(event, { bot, plugin })
    if (!delivery) return { ...about, not: 'it waits or is under way already' }
    if (place.has(delivery.partition)) retry(delivery)
    else
      await store.apply(
        ...place.tell([{ kind: 'again', partition: delivery.partition, id: event, bot, plugin }]),
      )
    return about
  }

  /**
   * Has an event handled as a new one, so that everything is said again. A bot and a plugin that are both named get it
   * though they had not handled it.
   *
   * @param order  the same order given twice makes one new event
   * @throws AppError `event.unknown`, `event.nobody`
   */
  async anew(event: string, meant: Meant, order: string): Promise<Handed[]> {
    const rows = await this.#rows(event)
    const { type, conversation, data } = rows[0]!
    const recipients = rows.filter(({ plugin }) => plugin !== '')
    const repeated = { id: event, type, conversation, data: JSON.parse(data), recipients }
    return this.accept(repeated, meant, order)
  }

  /** As {@link anew}, of an event that may not be stored here. */
  async accept(event: Repeated, { bot, plugin }: Meant, order: string): Promise<Handed[]> {
    const { journal, has } = this.#options
    const named = bot !== undefined && plugin !== undefined ? [{ bot, plugin }] : undefined
    const wanted = named ?? event.recipients.filter(one => isMeant(one, { bot, plugin }))
    if (wanted.length === 0) throw nobody(event.id)
    const recipients = wanted.filter(has).map(one => ({ bot: one.bot, plugin: one.plugin }))
    const handed = wanted.map((one): Handed => {
      const about = { event: event.id, bot: one.bot, plugin: one.plugin }
      return has(one) ? about : { ...about, not: 'there is no such plugin now' }
    })
    if (recipients.length === 0) return handed
    const dedupe = `replay:${order}:${event.id}`
    const { id, type, data } = event
    const conversation = event.conversation === id ? '' : event.conversation
    const [accepted] = await journal.accept(
      [{ type, conversation, data, dedupe, recipients }],
      [change(markReplay, { dedupe, of: id })],
    )
    return handed.map(one => (one.not === undefined ? { ...one, event: accepted!.id } : one))
  }

  /** Notes that a delivery that was set aside is not needed. `false` when it is not set aside. */
  async drop(event: string, { bot, plugin }: Recipient): Promise<boolean> {
    const { store, now } = this.#options
    const [dropped] = await store.apply(change(dropDelivery, { event, bot, plugin, at: now() }))
    return dropped === 1
  }

  async #rows(event: string) {
    const rows = await this.#options.store.read.all(deliveriesOfEvent, { event })
    if (rows.length > 0) return rows
    throw new AppError(`there is no event ${event}`, { code: 'event.unknown' })
  }
}

const isMeant = (one: Recipient, { bot, plugin }: Meant): boolean =>
  one.plugin !== '' &&
  (bot === undefined || one.bot === bot) &&
  (plugin === undefined || one.plugin === plugin)

const nobody = (event: string) =>
  new AppError(`nobody of these has to handle event ${event}`, {
    code: 'event.nobody',
    hint: 'beadle events show tells who handled it; with --again, --bot and --plugin it goes to any plugin.',
  })
