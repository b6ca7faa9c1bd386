import type { Context } from 'hono'
import { z } from 'zod'
import { json } from '../answer.ts'
import type { App } from '../apps.ts'
import { readJson } from '../body.ts'
import { MOST_QUOTA, type QuotaKeeper } from '../quotas.ts'
import type { Env } from '../router.ts'
import { validate } from '../validate.ts'

const RULE = `must be null (off), or an integer from 1 to ${MOST_QUOTA}`
/** Absent is null, as everywhere. */
const RateLimit = z.strictObject({ per_minute: z.int(RULE).min(1, RULE).max(MOST_QUOTA, RULE).optional() })

type Serve = (method: 'PUT', path: string, answer: (context: Context<Env>) => Promise<Response>) => void

/** Lets tests switch the quota of an app on and off, and see it used up. */
export function serveRateLimit(
  serve: Serve,
  appOf: (context: Context<Env>) => App,
  quotas: QuotaKeeper,
): void {
  serve('PUT', '/sandbox/apps/:appKey/rate-limit', async context => {
    const app = appOf(context)
    const { per_minute = null } = validate(RateLimit, await readJson(context.req.raw))
    await quotas.set(app, per_minute ?? 'off')
    return json({ per_minute }, 200)
  })
}
