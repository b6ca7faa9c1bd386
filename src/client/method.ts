import type { z } from 'zod'
import type { Batch, BodyInput, Endpoint, EndpointId, Endpoints, Paged, Response } from '../protocol/index.ts'
import type { UploadFile } from './encode.ts'
import type { Listing } from './listing.ts'
import type { ItemResult, Items, ManyOptions } from './many.ts'

/** Fields of an object schema; no restriction where it has none. */
type Fields<T extends z.ZodObject> = keyof T['shape'] extends never ? unknown : z.input<T>
type PathAndQuery<E extends Endpoint> = Fields<E['params']> & Fields<E['querySchema']>

/** Arguments of an endpoint: its path and query parameters by name, and its `body`, or its `file`. */
export type Args<E extends Endpoint> = PathAndQuery<E> &
  (E['body'] extends 'multipart'
    ? { file: UploadFile }
    : E['body'] extends z.ZodType
      ? { body: BodyInput<E> }
      : unknown)

/** Arguments may be left out where none is needed. */
type Given<A> = object extends A ? [args?: A] : [args: A]

type Call<E extends Endpoint> = (...args: Given<Args<E>>) => Promise<Response<E>>

/** Where reading begins; for a history, the range of time, however long. */
type Where<E extends Endpoint> = E extends { readonly paged: { readonly by: 'cursor' } }
  ? { readonly begin_time: string; readonly end_time: string }
  : { readonly start?: number }
type EachArgs<E extends Endpoint> = Fields<E['params']> &
  (E extends { readonly paged: { readonly by: 'cursor' } }
    ? unknown
    : Omit<Fields<E['querySchema']>, 'start' | 'count'>) &
  Where<E> & {
    /** Items in one page. Default: as many as the call allows. */
    readonly count?: number
  }
type ItemOfPage<E extends Endpoint> = E extends { readonly paged: { readonly items: infer Key } }
  ? Key extends keyof Response<E>
    ? Response<E>[Key] extends readonly (infer Item)[]
      ? Item
      : never
    : never
  : never

/** A list that is read page by page. */
export interface Paging<E extends Endpoint> {
  /**
   * Every item of the list; pages are fetched when the loop comes to them, and not before.
   *
   * What is added while a list is read may be left out; what is removed moves the rest up, so that some are passed over.
   * A history takes a range of any length; no message is left out or given twice, however slow the loop is.
   * Used-up quotas are waited for, at most two minutes for a page.
   *
   * @throws ApiError, TransportError as the call itself does, from within the loop
   */
  each(...args: Given<EachArgs<E>>): Listing<ItemOfPage<E>>
  /** As `each`, a page at a time; pages without items are left out. */
  pages(...args: Given<EachArgs<E>>): Listing<Response<E>>
}

type List<Body> = Extract<Body, readonly unknown[]>
type BatchBody<E extends Endpoint> = E extends { readonly batch: { readonly key: infer Key extends string } }
  ? Key extends keyof BodyInput<E>
    ? Omit<BodyInput<E>, Key> & { readonly [K in Key]: Items<List<BodyInput<E>[Key]>[number]> }
    : never
  : Items<ItemOfBatch<E>>
type ItemOfBatch<E extends Endpoint> = E extends {
  readonly batch: { readonly key: infer Key extends string }
}
  ? Key extends keyof BodyInput<E>
    ? List<BodyInput<E>[Key]>[number]
    : never
  : List<BodyInput<E>>[number]
type ManyArgs<E extends Endpoint> = PathAndQuery<E> & { readonly body: BatchBody<E> }

/** A call for many items, each of which, or the call as a whole, has an answer of its own. */
export interface ListBatch<E extends Endpoint> {
  /**
   * The call for any number of items: made as often as needed, one after the other, and the answers put together.
   *
   * Used-up quotas are waited for, at most two minutes for a call.
   *
   * @throws BatchStopped when a call is refused or gets no answer: it says which items are done, and which are not
   */
  many(args: ManyArgs<E>): Promise<Extract<Response<E>, readonly unknown[]>>
}

/** A call for many items that is done whole or not at all. */
export interface EffectBatch<E extends Endpoint> {
  /**
   * The call for any number of items: made as often as needed, one after the other.
   *
   * Each item has a result, in the order of the items. A call that is refused does not keep the next from being made;
   * with `isolate` it is made again in halves, until the items are found for which it is refused.
   * Used-up quotas are waited for, at most two minutes for a call.
   *
   * @throws BatchStopped when a call gets no answer, or going on is of no use: it says which items are done, and which are not
   */
  many(args: ManyArgs<E>, options?: ManyOptions): Promise<ItemResult<ItemOfBatch<E>>[]>
}

type IfPaged<E extends Endpoint> = E extends { readonly paged: Paged } ? Paging<E> : unknown
type IfBatch<E extends Endpoint> = E extends { readonly batch: Batch }
  ? Response<E> extends readonly unknown[]
    ? ListBatch<E>
    : EffectBatch<E>
  : unknown

/** The method of an endpoint: the call itself, `each` and `pages` where it is paged, `many` where it takes a batch. */
export type Method<Id extends EndpointId> = Call<Endpoints[Id]> &
  IfPaged<Endpoints[Id]> &
  IfBatch<Endpoints[Id]>
