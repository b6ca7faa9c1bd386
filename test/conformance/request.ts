import { type Endpoint, type EndpointId, endpoints } from '../../src/protocol/index.ts'

/** What one call sends, in the words of its endpoint. */
export interface Sample {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** An upload, instead of a body. */
  readonly form?: FormData
}

/** Every endpoint by its id, as the general type. */
export const all = endpoints as unknown as Readonly<Record<EndpointId, Endpoint>>
export const ids = Object.keys(endpoints) as EndpointId[]

/** A pattern with the values for its parameters filled in. */
export function filled(pattern: string, params: Sample['params'] = {}): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

export const pathOf = (id: EndpointId, sample: Sample): string => filled(all[id].path, sample.params)

export function urlOf(origin: string, path: string, query: Sample['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const pairs = given.map(([key, value]): [string, string] => [key, String(value)])
  return `${origin}${path}${pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''}`
}

/** A copy of a sample with `value` at `place`; `undefined` leaves the key out. */
export function changed(
  sample: Sample,
  part: 'params' | 'query' | 'body',
  place: readonly (string | number)[],
  value: unknown,
): Sample {
  if (place.length === 0) return { ...sample, [part]: value }
  const root = structuredClone(sample[part]) as Record<string | number, unknown>
  let parent = root
  for (const key of place.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>
  const key = place[place.length - 1] as string | number
  if (value === undefined) delete parent[key]
  else parent[key] = value
  return { ...sample, [part]: root }
}
