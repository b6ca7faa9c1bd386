/** What a span is of, in the numbers of OTLP. */
export const spanKinds = { call: 3, acceptance: 4, handling: 5 } as const

const FAILED = 2

/** Something that took time. */
export interface Span {
  readonly trace: string
  readonly id: string
  readonly parent?: string | undefined
  readonly name: string
  readonly kind: keyof typeof spanKinds
  /** Epoch ms. */
  readonly startAt: number
  /** Epoch ms. */
  readonly endAt: number
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, string | number | undefined>>
}

/** The body of a request that takes spans along, as OTLP writes it in JSON. */
export const requestOf = (spans: readonly Span[], resource: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'beadle' }, spans: spans.map(written) }],
      },
    ],
  })

const written = ({ trace, id, parent, name, kind, startAt, endAt, failed, attributes }: Span) => ({
  traceId: trace,
  spanId: id,
  ...(parent === undefined ? {} : { parentSpanId: parent }),
  name,
  kind: spanKinds[kind],
  startTimeUnixNano: nanos(startAt),
  endTimeUnixNano: nanos(endAt),
  attributes: attributesOf(attributes),
  status: failed ? { code: FAILED } : {},
})

const MICROS = 1000

/** More digits than a number holds: counted in microseconds. */
const nanos = (ms: number): string => `${Math.round(ms * MICROS)}000`

const attributesOf = (attributes: Span['attributes']) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ key, value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) } }],
  )
