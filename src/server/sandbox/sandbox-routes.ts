import type { Context } from 'hono'
import { z } from 'zod'
import { OutgoingMessage } from '../../protocol/index.ts'
import { json, noContent } from '../answer.ts'
import type { App } from '../apps.ts'
import { readJson } from '../body.ts'
import { demand, Refusal } from '../refusal.ts'
import { type Env, guarded, type Router } from '../router.ts'
import { type Origin, sendMessage } from '../send-message.ts'
import type { Services } from '../services.ts'
import { validate } from '../validate.ts'
import { serveFaults } from './faults/fault-routes.ts'
import { logIn, logOut } from './login.ts'
import { serveRateLimit } from './rate-limit-route.ts'

/** Message ids hold times up to here and some years beyond. */
const END_OF_TIME = Date.UTC(2080, 0, 1)
const Advance = z.object({ advance_ms: z.int('must be an integer').min(0, 'must not be negative') })

const INBOX = '/sandbox/apps/:appKey/users/:username/inbox'
const Login = z.object({
  platform: z.enum(['a', 'i', 'j', 'w'], 'must be one of a, i, j, w').default('j'),
})

const fromUser: Origin = { as: 'user', platform: 'j', whenDisabled: 801006 }

export interface SandboxOptions {
  /** Moves the clock ahead. */
  readonly advance: (ms: number) => void | Promise<void>
  readonly isOwnOrigin: (origin: string) => boolean
}

/**
 * What stands in for SDKs in tests and at home: the clock, sending as an ordinary user, and what a user receives.
 * Asks for no password, so pages of other sites are kept out by their Origin.
 */
export function serveSandbox(
  router: Router,
  services: Services,
  { advance, isOwnOrigin }: SandboxOptions,
): void {
  const { apps, clock, inboxes, faults, log } = services
  type Answer = (context: Context<Env>) => Promise<Response>
  const serve = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: Answer) =>
    router.on(method, path, async context => {
      const origin = context.req.header('origin')
      if (origin !== undefined && !isOwnOrigin(origin)) return foreign()
      return guarded(context, answer, log)
    })
  const appOf = (context: Context<Env>): App =>
    demand(apps.withKey(context.req.param('appKey') ?? ''), 899009)

  if (faults) serveFaults(serve, faults)
  serveRateLimit(serve, appOf, services.quotas)

  serve('POST', '/sandbox/clock', async ({ req }) => {
    const { advance_ms } = validate(Advance, await readJson(req.raw))
    if (clock.now() + advance_ms > END_OF_TIME)
      throw new Refusal(899003, 'advance_ms must not go beyond the year 2079')
    await advance(advance_ms)
    return json({ now: clock.now() }, 200)
  })

  serve('POST', '/sandbox/apps/:appKey/messages', async context => {
    const app = appOf(context)
    const message = validate(OutgoingMessage, asUserMessage(await readJson(context.req.raw)))
    return json(await sendMessage(services, app, message, fromUser), 201)
  })

  serve('GET', INBOX, async context => {
    const app = appOf(context)
    const { platform } = validate(Login, { platform: context.req.query('platform') }, 'query')
    const user = await logIn(services, app, context.req.param('username') ?? '', platform)
    const inbox = await inboxes.open({ app: app.id, user: user.id, username: user.username, platform })
    inbox.onOverflow = () => context.env?.outgoing?.destroy()
    return new Response(inbox.stream, { headers: EVENT_STREAM })
  })

  serve('DELETE', INBOX, async context => {
    const { platform } = validate(Login, { platform: context.req.query('platform') }, 'query')
    await logOut(services, appOf(context), context.req.param('username') ?? '', platform)
    return noContent(204)
  })
}

const EVENT_STREAM = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

/** Fills in what goes without saying here: the version, and `text` for the body of a text message. */
function asUserMessage(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(899003, 'body must be a JSON object')
  const { text, ...rest } = body as Record<string, unknown>
  const short = text === undefined ? {} : { msg_type: 'text', msg_body: { text } }
  return { version: 1, ...short, ...rest, from_type: 'user' }
}

const foreign = (): Response =>
  json({ error: { code: 403, message: 'the sandbox does not take requests from other sites' } }, 403)
