import { AppError } from '../../../base/errors.ts'
import type { PluginContext } from '../context.ts'
import { isMessageName, type ListenerName } from '../hearing/listening.ts'
import type { Message } from '../message.ts'
import type { HandlerContext } from '../told.ts'
import { type AnyMiddleware, composed } from './middleware.ts'

type Handler = (context: HandlerContext) => unknown
type MessageHandler = (message: Message, next: () => Promise<void>, context: HandlerContext) => unknown
/** A method of a plugin's context that takes a handler as its last argument. */
type Registers = (...args: never[]) => unknown

/** The methods whose handlers are run within middleware. Listeners have more arguments, and are seen to by themselves. */
const REGISTER = ['command', 'webhook', 'cron', 'onJob', 'defineJob'] as const

/**
 * A plugin's context as it is seen through middleware: handlers that are registered on it are composed with that, once.
 * All else is that of `trunk`, and the same.
 *
 * @throws AppError `middleware.invalid`
 */
export function branchOf(trunk: PluginContext, middleware: readonly AnyMiddleware[]): PluginContext<never> {
  if (middleware.some(one => typeof one !== 'function')) {
    throw new AppError('middleware has to be a function', {
      code: 'middleware.invalid',
      hint: 'Write ctx.use(async (context, next) => next()).',
    })
  }
  const wrapped: (handler: Handler) => Handler = handler => composed(middleware, handler)
  const own: Record<string, unknown> = {
    use: (more: AnyMiddleware) => branchOf(trunk, [...middleware, more]),
    on(name: ListenerName, ...rest: unknown[]) {
      const listener = rest.pop()
      const around = isMessageName(name)
        ? heard(middleware, listener as MessageHandler)
        : wrapped(listener as Handler)
      ;(trunk.on as Registers)(...([name, ...rest, around] as never[]))
    },
  }
  for (const method of REGISTER) {
    own[method] = (...args: unknown[]) => {
      const handler = args.pop() as Handler
      return (trunk[method] as Registers).apply(trunk, [...args, wrapped(handler)] as never[])
    }
  }
  return new Proxy(trunk, {
    get(_, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name]
      const value: unknown = Reflect.get(trunk, name, trunk)
      return typeof value === 'function' ? value.bind(trunk) : value
    },
  }) as PluginContext<never>
}

/** What a listener is given besides goes by the middleware, which need not know of it. */
function heard(middleware: readonly AnyMiddleware[], listener: MessageHandler): MessageHandler {
  const run = composed<HandlerContext, { readonly message: Message; readonly next: () => Promise<void> }>(
    middleware,
    (context, { message, next }) => listener(message, next, context),
  )
  return (message, next, context) => run(context, { message, next })
}
