import type { HandlerContext, MessageFilter, MessageListener } from './context.ts'
import type { Message } from './message.ts'

interface Link {
  readonly filter: MessageFilter
  readonly listener: MessageListener
}

/** What a plugin of a bot listens to: a chain, in the order in which it was registered. */
export class Listeners {
  readonly #all: Link[] = []

  add(filter: MessageFilter, listener: MessageListener): () => void {
    const link = { filter, listener }
    this.#all.push(link)
    return () => void this.#all.splice(this.#all.indexOf(link), 1)
  }

  get filters(): readonly MessageFilter[] {
    return [...new Set(this.#all.map(({ filter }) => filter))]
  }

  /** Whether one of them hears messages of a type, such as `message.text`. */
  hear(type: string): boolean {
    return this.#all.some(({ filter }) => filter === 'message' || filter === type)
  }

  /** Has them hear a message, each if those before it call `next`; at last what stands at the end of the chain. */
  async run(
    message: Message,
    { type, context, end }: { type: string; context: HandlerContext; end: () => Promise<void> },
  ): Promise<void> {
    const chain = this.#all.filter(({ filter }) => filter === 'message' || filter === type)
    const step = async (index: number): Promise<void> => {
      const link = chain[index]
      if (!link) return end()
      await link.listener(message, () => step(index + 1), context)
    }
    await step(0)
  }
}
