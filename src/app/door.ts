import { HEALTH_PATHS } from './health.ts'

type Answer = Response | Promise<Response>

/**
 * Lets requests in while it is open; while Beadle starts or stops, only those that ask how it is.
 *
 * @param fetch  answers them; `undefined` while there is nobody to do so yet
 */
export function door(
  fetch: (request: Request) => Answer | undefined,
  isOpen: () => boolean,
): (request: Request) => Answer {
  return request => (isOpen() || isHealth(request) ? fetch(request) : undefined) ?? shut()
}

const isHealth = ({ url }: Request): boolean => HEALTH_PATHS.includes(new URL(url).pathname)

const shut = () =>
  Response.json(
    {
      error: { code: 'unavailable', message: 'Beadle is starting or stopping; send the request again later' },
    },
    // Whoever calls again and again on one connection would keep a shutdown waiting.
    { status: 503, headers: { 'retry-after': '5', connection: 'close' } },
  )
