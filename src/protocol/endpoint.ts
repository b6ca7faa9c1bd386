import { z } from 'zod'
import type { JmCode } from './errors.ts'
import { Id, Username } from './fields.ts'

/** What a `:name` in a path stands for. */
const pathParams = { username: Username, gid: Id, roomId: Id, msgid: Id } as const
type PathParam = keyof typeof pathParams

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never
type ParamsOf<Path extends string> = { [N in ParamNames<Path> & PathParam]: (typeof pathParams)[N] }

/** A JSON body is at most this long. */
export const JSON_BYTES = 1_048_576

/** One call of the REST API, described once: client, server, documents and tests are derived from it. */
export interface EndpointSpec {
  /** `resource.action`; the path of the client's method. */
  readonly id: string
  /** Section of the source document. */
  readonly section: string
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As the document spells it. A trailing slash more or less does not matter to the server. */
  readonly path: `/${string}`
  /** Other paths that clients use for the same call. */
  readonly aliases?: readonly `/${string}`[]
  readonly query?: z.ZodRawShape
  /** The query may stand in a JSON body instead; where both have a key, the query counts. */
  readonly queryInBody?: true
  /** Schema of the JSON body, or `'multipart'` for a file in a form. Absent: bodies are ignored. */
  readonly body?: z.ZodType | 'multipart'
  readonly status: 200 | 201 | 204
  /** Schema of the answer's body; absent when there is none. */
  readonly response?: z.ZodType
  /** Error codes besides {@link commonErrors}. */
  readonly errors: readonly JmCode[]
  /** The answer is one page of a list. */
  readonly paged?: Paged
  /** The body, or the list in it, holds many items, of which a call takes so many. */
  readonly batch?: Batch
  /** What a caller has to know beyond limits and errors. Sentences. */
  readonly notes?: string
}

/** How a list is read page by page: from `start`, or with the `cursor` of the page before. */
export interface Paged {
  readonly by: 'start' | 'cursor'
  /** Key of the answer that holds the items. */
  readonly items: string
}

/** What can be split over several calls. */
export interface Batch {
  /** Key of the body that holds the items; absent when the body is the list. */
  readonly key?: string
  /** Items in one call. */
  readonly max: number
  /** Each item has a result of its own; otherwise a call is done whole or not at all. */
  readonly perItem?: true
}

/** An {@link EndpointSpec} with the schemas of its parts made ready. */
export type Endpoint<S extends EndpointSpec = EndpointSpec> = Readonly<S> & {
  readonly params: z.ZodObject<ParamsOf<S['path']>>
  readonly querySchema: z.ZodObject<S['query'] extends z.ZodRawShape ? S['query'] : Record<never, never>>
}

/** Declares an endpoint. Path parameters are known by their names. */
export function endpoint<const S extends EndpointSpec>(spec: S): Endpoint<S> {
  const names = [...spec.path.matchAll(/:(\w+)/g)].map(match => match[1] as PathParam)
  const params = z.object(Object.fromEntries(names.map(name => [name, pathParams[name]])))
  return Object.freeze({ ...spec, params, querySchema: z.object(spec.query ?? {}) }) as unknown as Endpoint<S>
}

/** Parsed path parameters of an endpoint. */
export type Params<E extends Endpoint> = z.output<E['params']>
/** Parsed query of an endpoint. */
export type Query<E extends Endpoint> = z.output<E['querySchema']>
/** Body of an endpoint as a caller gives it. */
export type BodyInput<E extends EndpointSpec> = E['body'] extends z.ZodType ? z.input<E['body']> : undefined
/** Body of an endpoint as the server reads it. */
export type Body<E extends EndpointSpec> = E['body'] extends z.ZodType ? z.output<E['body']> : undefined
/** Body of the answer, `undefined` when there is none. */
export type Response<E extends EndpointSpec> = E['response'] extends z.ZodType
  ? z.output<E['response']>
  : undefined
