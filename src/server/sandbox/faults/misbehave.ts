import { STATUS_CODES } from 'node:http'
import type { Context } from 'hono'
import { noContent, refused } from '../../answer.ts'
import type { App } from '../../apps.ts'
import type { Authenticator } from '../../auth.ts'
import { Allowance, USUAL_QUOTA } from '../../quotas.ts'
import { Refusal } from '../../refusal.ts'
import type { Env } from '../../router.ts'
import { ConnectionLost } from './connection-lost.ts'
import type { Faults } from './faults.ts'
import type { CallFault } from './rules.ts'

type Answering = (context: Context<Env>) => Promise<Response>

/** An endpoint that misbehaves when a rule says so. Who is not known to the server is refused as ever. */
export function misbehaving(
  faults: Faults,
  endpoint: string,
  authenticator: Authenticator,
  answer: Answering,
): Answering {
  return context => {
    if (faults.spareCalls) return answer(context)
    const app = callerOf(authenticator, context)
    const fault = app && faults.strikeCall(endpoint, app)
    return fault ? carryOut(fault, faults, context, answer) : answer(context)
  }
}

function callerOf(authenticator: Authenticator, { req }: Context<Env>): App | undefined {
  try {
    return authenticator.app(req.header('authorization'))
  } catch {
    return undefined
  }
}

async function carryOut(
  fault: CallFault,
  faults: Faults,
  context: Context<Env>,
  answer: Answering,
): Promise<Response> {
  switch (fault.fault) {
    case 'rate-limited':
      return rateLimited(fault.retry_after_s)
    case 'error':
      return failed(fault.status, fault.html)
    case 'slow': {
      if (!fault.after) await faults.pause(fault.delay_ms)
      const answered = await answer(context)
      if (fault.after) await faults.pause(fault.delay_ms)
      return answered
    }
    case 'refused':
      return hangUp(context)
    case 'lost':
      await answer(context)
      return hangUp(context)
    case 'cut':
      return cut(await answer(context), context)
  }
}

function rateLimited(seconds: number): Response {
  return new Allowance(USUAL_QUOTA, 0, seconds, true).toldOn(refused(new Refusal(2002)))
}

/** JMessage's own words where it has some, otherwise those of a gateway before it. */
function failed(status: number, html: boolean | undefined): Response {
  if (!html && status === 500) return refused(new Refusal(899000))
  if (!html && status === 503) return refused(new Refusal(899030))
  const title = `${status} ${STATUS_CODES[status]}`
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  return new Response(page, { status, headers: { 'content-type': 'text/html' } })
}

/** Ends the connection without an answer. */
function hangUp({ env }: Context<Env>): Response {
  if (!env?.outgoing) throw new ConnectionLost()
  env.outgoing.destroy()
  // Nobody reads it: there is no connection any more.
  return noContent(204)
}

/** Half of an answer; its headers promise all of it. One without a body is lost altogether. */
async function cut(answer: Response, context: Context<Env>): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (bytes.length === 0) return hangUp(context)
  const { status, headers } = answer
  headers.set('content-length', String(bytes.length))
  const outgoing = context.env?.outgoing
  let isHalfOut = false
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!isHalfOut) {
        isHalfOut = true
        return controller.enqueue(bytes.subarray(0, Math.floor(bytes.length / 2)))
      }
      // What was written leaves the process before its connection ends.
      await new Promise<void>(resolve => setImmediate(resolve))
      if (outgoing) outgoing.destroy()
      else controller.error(new ConnectionLost())
    },
  })
  return new Response(body, { status, headers })
}
