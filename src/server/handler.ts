import type { Response as Answer, Body, EndpointId, Endpoints, Params, Query } from '../protocol/index.ts'
import type { App } from './apps.ts'

/** A request, checked: who calls, and what was sent. */
export interface Call<Id extends EndpointId> {
  readonly app: App
  readonly params: Params<Endpoints[Id]>
  readonly query: Query<Endpoints[Id]>
  readonly body: Body<Endpoints[Id]>
  /** For uploads, whose body has not been read yet, and for the address the caller used. */
  readonly request: Request
}

/** An answer with another status than the endpoint's own. */
export class Reply<T> {
  constructor(
    readonly status: number,
    readonly body: T,
  ) {}
}

/** Carries out one endpoint. Says no by throwing a {@link Refusal}. */
export type Handler<Id extends EndpointId> = (call: Call<Id>) => Promise<Outcome<Answer<Endpoints[Id]>>>

/** No body means nothing to return. */
type Outcome<T> = [T] extends [undefined] ? void : T | Reply<T>

/** A handler for every endpoint: one that is missing does not compile. */
export type Handlers = { readonly [Id in EndpointId]: Handler<Id> }
