import { AppError } from '../../../base/errors.ts'
import type { GroupTarget, RoomTarget, UserTarget } from '../../bot/targets.ts'
import type { Ask } from '../dialogue/asking.ts'
import { extend } from '../handler-context.ts'
import type { Message } from '../message.ts'
import type { HandlerContext } from '../told.ts'

/** What middleware is told: what every handler is, and of a message or command who said what where. */
export interface MiddlewareContext extends HandlerContext {
  readonly message?: Message | undefined
  /** Who said it. */
  readonly user?: UserTarget | undefined
  /** Where it was said, or what it happened to. */
  readonly group?: GroupTarget | undefined
  readonly room?: RoomTarget | undefined
  /** Asks who said it. */
  readonly ask?: Ask
}

declare const passed: unique symbol
/** What `next` resolves to; returned, it tells the types of the fields that were added. */
export interface Passed<out More> {
  readonly [passed]: More
}

/** What contexts of one handler or another have by themselves. */
type Own =
  | keyof MiddlewareContext
  | ('t' | 'isResumed' | 'match' | 'data' | 'body' | 'args' | 'dueAt' | 'scheduledAt' | 'lateMs')
const own: Readonly<Record<Own, true>> = {
  ...{ bot: true, job: true, event: true, log: true, signal: true },
  ...{ t: true, language: true, languageOf: true },
  ...{ ask: true, isResumed: true },
  ...{ message: true, user: true, group: true, room: true, match: true, data: true },
  ...{ body: true, args: true, dueAt: true, scheduledAt: true, lateMs: true },
}

/** Fields that middleware may add: none of those that contexts have by themselves. */
export type MoreFields = object & { readonly [Name in Own]?: never }

/** Goes on to what stands behind, with more fields in its context; once. Resolves when that is done. */
export interface Next {
  (): Promise<Passed<unknown>>
  <More extends MoreFields>(more: More): Promise<Passed<More>>
}

type Outcome<More> = Passed<More> | undefined | void

/**
 * Runs around handlers: before them, after them, or in place of them, when it does not call `next`. What it returns is
 * the outcome of `next`: from that the types of handlers know of the fields.
 */
export type Middleware<More, Extra = unknown> = (
  context: MiddlewareContext & Extra,
  next: Next,
) => Outcome<More> | Promise<Outcome<More>>

export type AnyMiddleware = Middleware<unknown, never>
type Run<Context, Besides> = (context: Context, besides: Besides) => unknown

/**
 * A handler with middleware around it, the first outermost; composed once. It resolves to what the handler returned,
 * whatever the middleware did. `besides`: what the handler alone is given.
 */
export function composed<Context extends HandlerContext, Besides = void>(
  middleware: readonly AnyMiddleware[],
  handler: Run<Context, Besides>,
): Run<Context, Besides> {
  return middleware.reduceRight<Run<Context, Besides>>((inner, one) => around(one, inner), handler)
}

function around<Context extends HandlerContext, Besides>(
  middleware: AnyMiddleware,
  inner: Run<Context, Besides>,
): Run<Context, Besides> {
  return async (context, besides) => {
    let answer: unknown
    let isOver = false
    let going: Promise<void> | undefined
    let again: AppError | undefined
    const run = async (more: object | undefined): Promise<void> => {
      try {
        answer = await inner(more === undefined ? context : extend(context, checked(more)), besides)
      } finally {
        isOver = true
      }
    }
    const next = (more?: object): Promise<void> => {
      if (going) {
        again = twice()
        return Promise.reject(again)
      }
      going = run(more)
      return going
    }
    await middleware(context as never, next as unknown as Next)
    // It may not have waited for it.
    if (!isOver) await going
    if (again) throw again
    return answer
  }
}

function checked(more: object): object {
  for (const name in more) {
    if (!Object.hasOwn(own, name)) continue
    throw new AppError(`middleware adds '${name}', which contexts have by themselves`, {
      code: 'middleware.field',
      hint: 'Give it another name.',
    })
  }
  return more
}

const twice = () =>
  new AppError('middleware called next a second time', {
    code: 'middleware.next-twice',
    hint: 'What stands behind it runs once for an event.',
  })
