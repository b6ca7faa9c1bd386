import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { Endpoint, HistoryPage } from '../protocol/index.ts'
import type { LooseArgs } from './encode.ts'
import { historyPages } from './history-pages.ts'
import { Listing } from './listing.ts'
import { withinQuota } from './quota.ts'

type Page = Readonly<Record<string, unknown>>

/** What reading page by page needs to know. */
export interface Paginated {
  readonly endpoint: Endpoint
  readonly call: (args: LooseArgs) => Promise<unknown>
  readonly clock: Clock
}

/** `each` and `pages` of a paged endpoint. */
export function paging({ endpoint, call, clock }: Paginated) {
  const { by, items } = endpoint.paged!
  const count = largestPage(endpoint)
  const list = (args: LooseArgs) => withinQuota(clock, () => call(args)) as Promise<Page>
  const read = (args: LooseArgs = {}) =>
    by === 'cursor'
      ? (historyPages({
          endpoint,
          list: list as (args: LooseArgs) => Promise<unknown> as (args: LooseArgs) => Promise<HistoryPage>,
          args: { count, ...args },
          clock,
        }) as AsyncGenerator<Page, void, undefined>)
      : startPages(list, { count, ...args }, items)
  return {
    pages: (args?: LooseArgs) => new Listing(() => read(args)),
    each: (args?: LooseArgs) =>
      new Listing(async function* () {
        for await (const page of read(args)) yield* page[items] as unknown[]
      }),
  }
}

/** Pages by their offset. What the list holds at the first one is its end, so that one that grows has an end too. */
async function* startPages(
  list: (args: LooseArgs) => Promise<Page>,
  args: LooseArgs,
  items: string,
): AsyncGenerator<Page, void, undefined> {
  let start = Number(args.start ?? 0)
  let end: number | undefined
  for (;;) {
    const page = await list({ ...args, start })
    const length = (page[items] as readonly unknown[] | undefined)?.length ?? 0
    if (length === 0) return
    end ??= Number(page.total)
    start += length
    yield page
    if (start >= end) return
  }
}

/** The largest `count` that an endpoint allows. */
function largestPage({ querySchema }: Endpoint): number {
  let schema = (querySchema.shape as Readonly<Record<string, unknown>>).count
  while (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) schema = schema.unwrap()
  return (schema as z.ZodType).meta()?.maximum as number
}
