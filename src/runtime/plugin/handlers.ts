import { AppError } from '../../base/errors.ts'
import type { HandlerContext } from './context.ts'

export type Handler = (data: never, context: HandlerContext) => unknown
/** What a handler is for; with a name, that is its key. */
export type HandlerKind = 'webhook' | 'cron' | 'job'

/** What a plugin of a bot does with what is told by name: a webhook, a schedule, a job. */
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
}
