import { HEALTH_PATHS } from './health.ts'

type Answer = Response | Promise<Response>

/**
 * Lets requests in while it is open; while Beadle starts or stops, only those that ask how it is.
 *
 * @param fetch  answers them, told where they come from; `undefined` while there is nobody to do so yet
 */
export function door(
  fetch: (request: Request, from?: object) => Answer | undefined,
  isOpen: () => boolean,
): (request: Request, from?: object) => Answer {
  return (request, from) =>
    (isOpen() || isHealth(request) ? fetch(request, from) : undefined) ?? (isLive(request) ? live() : shut())
}

const isHealth = ({ url }: Request): boolean => HEALTH_PATHS.includes(new URL(url).pathname)

/** The process lives, though it may take long yet until it can be used: bringing a database up to date, for one. */
const isLive = ({ url }: Request): boolean => new URL(url).pathname === '/healthz'

const live = () => Response.json({ status: 'ok' })

const shut = () =>
  Response.json(
    {
      error: { code: 'unavailable', message: 'Beadle is starting or stopping; send the request again later' },
    },
    // Whoever calls again and again on one connection would keep a shutdown waiting.
    { status: 503, headers: { 'retry-after': '5', connection: 'close' } },
  )
