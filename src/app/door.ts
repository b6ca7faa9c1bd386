import { HEALTH_PATHS } from './health.ts'

type Fetch = (request: Request) => Response | Promise<Response>

/** Lets requests in while it is open; while Beadle starts or stops, only those that ask how it is. */
export function door(fetch: Fetch, isOpen: () => boolean): Fetch {
  return request =>
    isOpen() || HEALTH_PATHS.includes(new URL(request.url).pathname) ? fetch(request) : shut()
}

const shut = () =>
  Response.json(
    {
      error: { code: 'unavailable', message: 'Beadle is starting or stopping; send the request again later' },
    },
    // Whoever calls again and again on one connection would keep a shutdown waiting.
    { status: 503, headers: { 'retry-after': '5', connection: 'close' } },
  )
