import { z } from 'zod'
import { closest } from '../../../base/closest.ts'
import { endpoints } from '../../../protocol/index.ts'

const MOST_RULES = 100
const MOST_TIMES = 1_000_000
const LONGEST_DELAY_MS = 120_000
/** A client waits no longer than this, whatever it is told. */
const LONGEST_RETRY_S = 3600
const LARGEST_SEED = 2 ** 32 - 1

const ids: readonly string[] = Object.keys(endpoints)
const families = [...new Set(ids.map(id => `${id.split('.')[0]}.*`))]

/** The endpoints that a name stands for: one id, or all that begin alike when it ends in `*`. */
export function endpointsNamed(name: string): string[] {
  if (!name.endsWith('*')) return ids.filter(id => id === name)
  return ids.filter(id => id.startsWith(name.slice(0, -1)))
}

const whole = (min: number, max: number) =>
  z
    .int('must be an integer')
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`)

const EndpointName = z.string('must be the id of an endpoint').superRefine((name, { addIssue }) => {
  if (endpointsNamed(name).length > 0) return
  const guess = closest(name, [...ids, ...families, '*'])
  addIssue(
    guess === undefined
      ? `must be an id such as messages.send, *, or one of ${families.join(', ')}`
      : `must be the id of an endpoint: did you mean ${guess}?`,
  )
})

const anyRule = {
  probability: z
    .number('must be a number')
    .min(0, 'must be from 0 to 1')
    .max(1, 'must be from 0 to 1')
    .default(1),
  times: whole(1, MOST_TIMES).optional(),
  app: z.string('must be an appKey').optional(),
}
const callRule = {
  endpoints: z
    .array(EndpointName, 'must be a list of ids of endpoints')
    .min(1, 'must name an endpoint')
    .max(100, 'must have at most 100 names')
    .default(['*']),
  ...anyRule,
}

const callFaults = [
  z.strictObject({
    ...callRule,
    fault: z.literal('rate-limited'),
    retry_after_s: whole(1, LONGEST_RETRY_S).default(1),
  }),
  z.strictObject({
    ...callRule,
    fault: z.literal('error'),
    status: z.literal([500, 502, 503, 504], 'must be 500, 502, 503 or 504').default(503),
    html: z.boolean('must be true or false').optional(),
  }),
  z.strictObject({
    ...callRule,
    fault: z.literal('slow'),
    delay_ms: whole(0, LONGEST_DELAY_MS),
    after: z.boolean('must be true or false').default(false),
  }),
  z.strictObject({ ...callRule, fault: z.literal(['refused', 'lost', 'cut']) }),
] as const
const callbackFaults = [
  z.strictObject({
    ...anyRule,
    fault: z.literal(['callback-duplicate', 'callback-reorder', 'callback-drop-answer']),
  }),
] as const

const kinds = [...callFaults, ...callbackFaults].flatMap(rule => [...rule.shape.fault.values])

export const FaultRule = z.discriminatedUnion('fault', [...callFaults, ...callbackFaults], {
  error: ({ code }) => (code === 'invalid_union' ? `must be one of ${kinds.join(', ')}` : undefined),
})

/** What `PUT /sandbox/faults` takes. */
export const FaultPlan = z.strictObject({
  seed: whole(0, LARGEST_SEED).default(1),
  rules: z
    .array(FaultRule, 'must be a list of rules')
    .max(MOST_RULES, `must have at most ${MOST_RULES} rules`),
})
export type FaultPlan = z.output<typeof FaultPlan>

/** Whom something befalls, how often, and what. */
export type FaultRule = z.input<typeof FaultRule>
export type CallFault = z.output<(typeof callFaults)[number]>
export type CallbackFault = z.output<(typeof callbackFaults)[number]>

export const isCallbackFault = (rule: CallFault | CallbackFault): rule is CallbackFault =>
  rule.fault.startsWith('callback-')
