/** Where spans go, and which. */
export interface SpanSettings {
  /** Takes spans, by OTLP over HTTP. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Share of the events of which spans are made: 0 to 1. */
  readonly share: number
  /** What the spans are of: `service.name` and the like. */
  readonly resource: Readonly<Record<string, string>>
}

type Env = Readonly<Record<string, string | undefined>>

const TIMEOUT_MS = 10_000
const TRACES_PATH = '/v1/traces'

/**
 * Reads where spans go from config.yaml, and what else there is to say about it from the variables that are usual for
 * OpenTelemetry. `undefined` when spans go nowhere.
 *
 * @param otlp  `telemetry.otlp` of config.yaml; it goes over the variables
 */
export function spanSettings(otlp: string | undefined, version: string, env: Env): SpanSettings | undefined {
  const url = urlOf(otlp, env)
  const share = shareOf(env)
  if (url === undefined || share === 0 || env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined
  const given = pairs(env.OTEL_RESOURCE_ATTRIBUTES)
  return {
    url,
    share,
    headers: {
      ...pairs(env.OTEL_EXPORTER_OTLP_HEADERS),
      ...pairs(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    timeoutMs:
      positive(env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT) ??
      positive(env.OTEL_EXPORTER_OTLP_TIMEOUT) ??
      TIMEOUT_MS,
    resource: {
      'service.version': version,
      ...given,
      'service.name': env.OTEL_SERVICE_NAME || given['service.name'] || 'beadle',
    },
  }
}

/** The variable for traces is taken as it is; the others name a base. */
function urlOf(otlp: string | undefined, env: Env): string | undefined {
  if (otlp === undefined && env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
    return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  const base = (otlp ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '').replace(/\/+$/, '')
  if (base === '') return undefined
  return base.endsWith(TRACES_PATH) ? base : `${base}${TRACES_PATH}`
}

/** OTEL_TRACES_SAMPLER and its argument; an argument alone is a share. */
function shareOf({ OTEL_TRACES_SAMPLER: sampler = '', OTEL_TRACES_SAMPLER_ARG: text }: Env): number {
  if (sampler.endsWith('always_off')) return 0
  if (sampler.endsWith('always_on') || !text) return 1
  const share = Number(text)
  return share >= 0 && share <= 1 ? share : 1
}

/** Of the longest that a timer takes at most. */
const positive = (text: string | undefined): number | undefined =>
  Number(text) > 0 ? Math.min(Math.ceil(Number(text)), 2 ** 31 - 1) : undefined

/** Reads `key=value,key=value`, in which values are percent-encoded. */
function pairs(text = ''): Record<string, string> {
  const read: Record<string, string> = {}
  for (const pair of text.split(',')) {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    if (key !== undefined && value !== undefined) read[key] = decoded(value)
  }
  return read
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
