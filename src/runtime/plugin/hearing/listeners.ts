import { type ImEventName, messageTypes } from '../../../protocol/index.ts'
import type { DialogueContext } from '../dialogue/asking.ts'
import { extend } from '../handler-context.ts'
import type { Message } from '../message.ts'
import type { CompiledFilter } from './compile-filter.ts'
import { eventPath, listenerPaths } from './hearing-paths.ts'
import type { ImEventContext, ImEventListener, MessageListener, MessageName } from './listening.ts'
import type { Path } from './lookup.ts'
import type { MessageFilter } from './message-filter.ts'
import { Reading } from './reading.ts'

/** What a listener to messages listens to: enough to find it from another thread. */
export interface Wanted {
  readonly name: MessageName
  readonly filter: MessageFilter | undefined
}

interface Link extends Wanted {
  readonly compiled: CompiledFilter | undefined
  readonly listener: MessageListener
}

const KNOWN: ReadonlySet<string> = new Set(messageTypes)

/** What a plugin of a bot listens to: a chain of what hears messages, in the order in which it was registered. */
export class Listeners {
  readonly #all: Link[] = []
  /** Parts of the chain by the type of messages: found once for each. */
  readonly #chains = new Map<string, readonly Link[]>()
  readonly #ofEvents = new Map<ImEventName, { readonly listener: ImEventListener }[]>()

  add(link: Link): () => void {
    this.#all.push(link)
    this.#chains.clear()
    return () => {
      this.#all.splice(this.#all.indexOf(link), 1)
      this.#chains.clear()
    }
  }

  /** Adds a listener to what happens to groups and users. */
  addOfEvent(name: ImEventName, listener: ImEventListener): () => void {
    const link = { listener }
    this.#ofEvents.set(name, [...(this.#ofEvents.get(name) ?? []), link])
    return () => {
      const left = this.#ofEvents.get(name)?.filter(other => other !== link) ?? []
      if (left.length > 0) this.#ofEvents.set(name, left)
      else this.#ofEvents.delete(name)
    }
  }

  get wanted(): readonly Wanted[] {
    return this.#all.map(({ name, filter }) => ({ name, filter }))
  }

  get events(): readonly ImEventName[] {
    return [...this.#ofEvents.keys()]
  }

  /** Where they are looked up, each path once. */
  get paths(): readonly Path[] {
    return [...listenerPaths(this.#all), ...this.events.map(eventPath)]
  }

  /** Whether one of them hears a message. */
  hear(reading: Reading): boolean {
    return this.#chain(reading.record.msg_type).some(
      ({ compiled }) => !compiled || compiled.pass(reading) !== undefined,
    )
  }

  /** Has them hear a message, each if those before it call `next`; at last what stands at the end of the chain. */
  run(
    message: Message,
    { context, end }: { readonly context: DialogueContext; readonly end: () => Promise<void> },
  ): Promise<void> {
    const chain = this.#chain(message.record.msg_type)
    if (chain.length === 0) return end()
    const reading = new Reading(message.record)
    const step = async (from: number): Promise<void> => {
      for (let at = from; at < chain.length; at++) {
        const { compiled, listener } = chain[at]!
        const passed = compiled ? compiled.pass(reading) : true
        if (!passed) continue
        const own = passed === true ? context : extend(context, { match: passed })
        await listener(message, () => step(at + 1), own)
        return
      }
      await end()
    }
    return step(0)
  }

  /** Has them hear what happened, one after the other. Tells whether there is any. */
  async tell(name: ImEventName, context: ImEventContext): Promise<boolean> {
    const all = this.#ofEvents.get(name)
    for (const { listener } of all ?? []) await listener(context)
    return all !== undefined
  }

  #chain(type: string): readonly Link[] {
    let chain = this.#chains.get(type)
    if (!chain) {
      chain = this.#all.filter(({ name }) => name === 'message' || name === `message.${type}`)
      // Types come from outside: nobody makes this grow.
      if (KNOWN.has(type)) this.#chains.set(type, chain)
    }
    return chain
  }
}
