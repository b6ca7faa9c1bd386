import type { Context } from 'hono'
import { z } from 'zod'
import { OutgoingMessage } from '../../protocol/index.ts'
import { json } from '../answer.ts'
import type { App } from '../apps.ts'
import { readJson } from '../body.ts'
import { requireUser } from '../queries/user-queries.ts'
import { demand, Refusal } from '../refusal.ts'
import { type Env, guarded, type Router } from '../router.ts'
import { type Origin, sendMessage } from '../send-message.ts'
import type { Services } from '../services.ts'
import { validate } from '../validate.ts'
import { Inbox } from './inbox.ts'
import type { SandboxClock } from './sandbox-clock.ts'

/** Message ids hold times up to here and some years beyond. */
const END_OF_TIME = Date.UTC(2080, 0, 1)
const Advance = z.object({ advance_ms: z.int('must be an integer').min(0, 'must not be negative') })

const fromUser: Origin = { as: 'user', platform: 'j', whenDisabled: 801006 }

/**
 * What stands in for SDKs in tests and at home: the clock, sending as an ordinary user, and what a user receives.
 * Asks for no password, so pages of other sites are kept out by their Origin.
 */
export function serveSandbox(
  router: Router,
  services: Services,
  clock: SandboxClock,
  isOwnOrigin: (origin: string) => boolean,
): void {
  const { store, apps, inboxes, log } = services
  type Answer = (context: Context<Env>) => Promise<Response>
  const serve = (method: 'GET' | 'POST', path: string, answer: Answer) =>
    router.on(method, path, async context => {
      const origin = context.req.header('origin')
      if (origin !== undefined && !isOwnOrigin(origin)) return foreign()
      return guarded(context, answer, log)
    })
  const appOf = (context: Context<Env>): App =>
    demand(apps.withKey(context.req.param('appKey') ?? ''), 899009)

  serve('POST', '/sandbox/clock', async ({ req }) => {
    const { advance_ms } = validate(Advance, await readJson(req.raw))
    if (clock.now() + advance_ms > END_OF_TIME)
      throw new Refusal(899003, 'advance_ms must not go beyond the year 2079')
    clock.advance(advance_ms)
    return json({ now: clock.now() }, 200)
  })

  serve('POST', '/sandbox/apps/:appKey/messages', async context => {
    const app = appOf(context)
    const message = validate(OutgoingMessage, asUserMessage(await readJson(context.req.raw)))
    return json(await sendMessage(services, app, message, fromUser), 201)
  })

  serve('GET', '/sandbox/apps/:appKey/users/:username/inbox', async context => {
    const app = appOf(context)
    const user = await requireUser(store.read, app, context.req.param('username') ?? '')
    const inbox = new Inbox({ app: app.id, user: user.id, username: user.username }, ended =>
      inboxes.remove(ended),
    )
    inbox.onOverflow = () => context.env?.outgoing?.destroy()
    inboxes.add(inbox)
    return new Response(inbox.stream, { headers: EVENT_STREAM })
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
