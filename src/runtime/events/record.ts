import { z } from 'zod'
import type { DeliveryState, OutboxState } from '../../store/schema/runtime.ts'

/** A call that came of an event. */
export interface CallRecord {
  readonly key: string
  readonly endpoint: string
  /** Where it goes: `group:10000001`, `single:alice` and the like. */
  readonly lane: string
  /** Arguments of the endpoint, without what Beadle adds to them. */
  readonly args: Readonly<Record<string, unknown>>
  /** `shadow`: it was not made, as its bot is in the shadow. */
  readonly state: OutboxState
  /** The endpoint's answer; `null` if it has none, or there is none yet. */
  readonly result: unknown
  readonly error: string | null
  /** When this was noted, epoch ms. */
  readonly at: number
}

/** What became of an event with one plugin of one bot. */
export interface DeliveryRecord {
  readonly bot: string
  readonly plugin: string
  readonly state: DeliveryState
  /** Attempts that failed. */
  readonly attempts: number
  readonly error: string | null
  /** When the next attempt is made, epoch ms. */
  readonly nextAt: number | null
  readonly endedAt: number | null
  readonly calls: readonly CallRecord[]
}

/** A broadcast that was begun in handling an event. */
export interface BegunRecord {
  readonly id: string
  readonly title: string
  readonly total: number
}

/** A stored event, and all that came of it. */
export interface EventRecord {
  readonly id: string
  readonly type: string
  readonly conversation: string
  readonly data: unknown
  /** Epoch ms. */
  readonly createdAt: number
  /** The event that it repeats. */
  readonly replayOf: string | null
  readonly deliveries: readonly DeliveryRecord[]
  /** Calls that came of it, of which it is not known by which plugin. */
  readonly calls: readonly CallRecord[]
  readonly broadcasts: readonly BegunRecord[]
}

const callState = z.enum([
  ...(['queued', 'sending', 'doubtful', 'sent', 'failed', 'unsure', 'cancelled', 'dropped'] as const),
  'shadow',
])

const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const CallLine = z.object({
  key: z.string(),
  endpoint: z.string(),
  lane: z.string(),
  // Not a record of zod's, which leaves out keys such as `__proto__`.
  args: z.custom<Readonly<Record<string, unknown>>>(isMap, 'must be a map'),
  state: callState,
  result: z.unknown().transform(value => value ?? null),
  error: z.string().nullable().default(null),
  at: z.number(),
})

/** A line of a recording. */
export const EventLine = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  conversation: z.string(),
  data: z.unknown(),
  createdAt: z.number(),
  replayOf: z.string().nullable().default(null),
  deliveries: z.array(
    z.object({
      bot: z.string(),
      plugin: z.string(),
      state: z.enum(['pending', 'done', 'dead', 'dropped']),
      attempts: z.number().default(0),
      error: z.string().nullable().default(null),
      nextAt: z.number().nullable().default(null),
      endedAt: z.number().nullable().default(null),
      calls: z.array(CallLine).default([]),
    }),
  ),
  calls: z.array(CallLine).default([]),
  broadcasts: z.array(z.object({ id: z.string(), title: z.string(), total: z.number() })).default([]),
})
