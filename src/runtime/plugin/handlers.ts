import { AppError } from '../../base/errors.ts'
import type { ImEventName } from '../../protocol/index.ts'
import type { HandlerContext } from './context.ts'

export type Handler = (data: never, context: HandlerContext) => unknown
/** What a handler is for; with a name, that is its key. */
export type HandlerKind = 'im' | 'webhook' | 'cron' | 'job'

/** What keys of handlers begin with that hear what happens to groups and users. */
const IM = 'im:'

/** What a plugin of a bot does with what is told by name: a webhook, a schedule, a job, what happens to groups and users. */
export class Handlers {
  readonly #byKey = new Map<string, Handler>()

  /** @throws AppError `plugin.twice` */
  add(kind: HandlerKind, name: string, handler: Handler): () => void {
    this.demandFree(kind, name)
    const key = `${kind}:${name}`
    this.#byKey.set(key, handler)
    return () => void this.#byKey.delete(key)
  }

  /** @throws AppError `plugin.twice` */
  demandFree(kind: HandlerKind, name: string): void {
    if (!this.has(kind, name)) return
    throw new AppError(`the ${kind} '${name}' is there twice`, {
      code: 'plugin.twice',
      hint: 'Give one another name.',
    })
  }

  has(kind: HandlerKind, name: string): boolean {
    return this.#byKey.has(`${kind}:${name}`)
  }

  /** @param type  of the event: one of the kinds */
  find(type: string, name: string): Handler | undefined {
    return this.#byKey.get(`${type}:${name}`)
  }

  /** What of groups and users is heard. */
  get imEvents(): readonly ImEventName[] {
    const names = [...this.#byKey.keys()].filter(key => key.startsWith(IM))
    return names.map(key => key.slice(IM.length) as ImEventName)
  }
}
