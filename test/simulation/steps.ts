import * as fc from 'fast-check'

/** What is wrong with a handler: in its first attempts, or for good. */
export type Trouble =
  | { readonly kind: 'throws' | 'hangs'; readonly times: number; readonly when: 'before' | 'after' }
  | { readonly kind: 'poison' }

/** What a webhook's handler does. `brief`: says something and takes it back a moment later. */
export const hookKinds = ['post', 'later', 'mute', 'brief'] as const
export type HookKind = (typeof hookKinds)[number]

export type Step =
  | {
      readonly do: 'hook'
      readonly kind: HookKind
      readonly conversation: number
      readonly hasKey: boolean
      readonly times: number
      readonly trouble?: Trouble | undefined
    }
  /** A call of a webhook comes once more: the last one, the one before, and so on. */
  | { readonly do: 'again'; readonly back: number }
  /** `history`: no callback tells of it. `batch`: the callback comes later, and twice. */
  | { readonly do: 'say'; readonly group: number; readonly via: 'callback' | 'twice' | 'history' | 'batch' }
  | { readonly do: 'many'; readonly isPaused: boolean }
  | { readonly do: 'move'; readonly how: 'pause' | 'resume' | 'cancel' | 'undo' }
  | { readonly do: 'pass'; readonly ms: number }
  /** The store refuses for so long. */
  | { readonly do: 'refuse'; readonly ms: number }
  | { readonly do: 'fault'; readonly seed: number; readonly rules: readonly object[] }
  | { readonly do: 'calm' }
  | { readonly do: 'reload'; readonly isBroken: boolean }
  | { readonly do: 'restart' }
  /** The process dies at the n-th of the next points at which it deals with the disk or JMessage. */
  | { readonly do: 'crash'; readonly points: number; readonly downMs: number }

/** A step, and whether all that comes of it without time passing has come about before the next one. */
export type Deed = Step & { readonly rests: boolean }

export const GROUPS = 2
const CONVERSATIONS = 3
/** Each call can be failed at less often than it is tried. */
const MOST_STRIKES = 4
/** An answer is lost at most so long before the server acts on the call; longer, the history may be read too early. */
const SHORT_DELAY_MS = 1500

const trouble = fc.oneof(
  fc.record({
    kind: fc.constantFrom('throws' as const, 'hangs' as const),
    times: fc.integer({ min: 1, max: 2 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  fc.record({ kind: fc.constant('poison' as const) }),
)

const hook = fc.record({
  do: fc.constant('hook' as const),
  kind: fc.constantFrom(...hookKinds),
  conversation: fc.nat(CONVERSATIONS - 1),
  hasKey: fc.boolean(),
  times: fc.integer({ min: 1, max: 2 }),
  trouble: fc.option(trouble, { nil: undefined, freq: 2 }),
})

const say = fc.record({
  do: fc.constant('say' as const),
  group: fc.nat(GROUPS - 1),
  via: fc.constantFrom('callback' as const, 'twice' as const, 'history' as const, 'batch' as const),
})

const aimed = {
  endpoints: fc.constantFrom(['*'], ['messages.send'], ['messages.*'], ['report.*'], ['groups.silence']),
  probability: fc.constantFrom(1, 0.5),
  times: fc.integer({ min: 1, max: MOST_STRIKES }),
}
const rule = fc.oneof(
  fc.record({ ...aimed, fault: fc.constantFrom('lost', 'cut', 'refused') }),
  fc.record({ ...aimed, fault: fc.constant('error'), status: fc.constantFrom(500, 503) }),
  fc.record({ ...aimed, fault: fc.constant('rate-limited'), retry_after_s: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    ...aimed,
    fault: fc.constant('slow'),
    after: fc.boolean(),
    delay_ms: fc.integer({ min: 1, max: SHORT_DELAY_MS }),
  }),
)
const fault = fc.record({
  do: fc.constant('fault' as const),
  seed: fc.nat(1000),
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
})

const longTime = fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) })
const shortTime = fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: hook },
  { weight: 3, arbitrary: say },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('again' as const), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('many' as const), isPaused: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      how: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const, 'undo' as const),
    }),
  },
  { weight: 3, arbitrary: shortTime },
  { weight: 2, arbitrary: longTime },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('refuse' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 4, arbitrary: fault },
  { weight: 1, arbitrary: fc.constant({ do: 'calm' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), isBroken: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      points: fc.integer({ min: 1, max: 24 }),
      downMs: fc.constantFrom(0, 0, 1000, 15_000, 120_000),
    }),
  },
)

const deed: fc.Arbitrary<Deed> = fc.tuple(step, fc.boolean()).map(([what, rests]) => ({ ...what, rests }))

/** What happens in a simulation. */
export const deeds: fc.Arbitrary<Deed[]> = fc.array(deed, { minLength: 1, maxLength: 30, size: 'max' })
