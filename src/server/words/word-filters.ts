import type { OutgoingMessage } from '../../protocol/index.ts'
import type { Queryable } from '../../store/index.ts'
import type { App } from '../apps.ts'
import { filteredWords } from '../queries/word-queries.ts'
import { WordMatcher } from './word-matcher.ts'

/** The sensitive words of the apps that filter, ready to look for. */
export class WordFilters {
  readonly #read: Queryable
  /** By the id of an app. */
  #on: ReadonlyMap<number, WordMatcher> = new Map()
  /** Loads wait for each other, so that the last one is of the newest state. */
  #loaded: Promise<void> = Promise.resolve()

  constructor(read: Queryable) {
    this.#read = read
  }

  /** Takes over what is stored: at the start, and when it has changed. */
  load(): Promise<void> {
    const loading = this.#loaded.then(() => this.#load())
    this.#loaded = loading.catch(() => {})
    return loading
  }

  /** A sensitive word in what an app is about to send. */
  find(app: App, { msg_type, msg_body }: OutgoingMessage): string | undefined {
    if (msg_type !== 'text' || this.#on.size === 0) return undefined
    const { text } = msg_body as { readonly text?: unknown }
    return typeof text === 'string' ? this.#on.get(app.id)?.find(text) : undefined
  }

  async #load(): Promise<void> {
    const words = new Map<number, string[]>()
    for (const { app, word } of await this.#read.all(filteredWords, {})) {
      const known = words.get(app)
      if (known) known.push(word)
      else words.set(app, [word])
    }
    this.#on = new Map(Array.from(words, ([app, list]) => [app, new WordMatcher(list)]))
  }
}
