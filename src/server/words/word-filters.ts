import type { OutgoingMessage } from '../../protocol/index.ts'
import type { Queryable, Transaction } from '../../store/index.ts'
import type { App } from '../apps.ts'
import { addToSetting, setting } from '../queries/setting-queries.ts'
import { filteredWords } from '../queries/word-queries.ts'
import { WordMatcher } from './word-matcher.ts'

/** The sensitive words of the apps that filter, ready to look for. */
export class WordFilters {
  readonly #read: Queryable
  /** Whether other processes may change them. */
  readonly #isShared: boolean
  #version = 0
  /** By the id of an app. */
  #on: ReadonlyMap<number, WordMatcher> = new Map()
  /** Loads wait for each other, so that the last one is of the newest state. */
  #loaded: Promise<void> = Promise.resolve()

  constructor(read: Queryable, { isShared = false }: { readonly isShared?: boolean } = {}) {
    this.#read = read
    this.#isShared = isShared
  }

  /** Of the words that are looked for; it changes when another process changes them. */
  get version(): number {
    return this.#version
  }

  /** Whether no process has changed them since they were loaded. */
  async isCurrent(): Promise<boolean> {
    return this.#version === (await this.#storedVersion())
  }

  /** Notes, in the transaction that changes them, that all processes have to load them. */
  async changing(tx: Transaction): Promise<void> {
    if (this.#isShared) await tx.run(addToSetting, { name: 'words', by: 1 })
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

  async #storedVersion(): Promise<number> {
    return this.#isShared ? ((await this.#read.first(setting, { name: 'words' }))?.value ?? 0) : 0
  }

  async #load(): Promise<void> {
    // Before the words: what is newer than its version is loaded once more, and what is older never kept.
    const version = await this.#storedVersion()
    const words = new Map<number, string[]>()
    for (const { app, word } of await this.#read.all(filteredWords, {})) {
      const known = words.get(app)
      if (known) known.push(word)
      else words.set(app, [word])
    }
    this.#version = version
    this.#on = new Map(Array.from(words, ([app, list]) => [app, new WordMatcher(list)]))
  }
}
