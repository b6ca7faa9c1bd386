import { type CompiledQuery, sql } from 'kysely'
import { type Change, openStore, type Store } from '../../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../src/store/schema/runtime.ts'
import { closedError } from '../../src/store/store-error.ts'
import { counted } from '../quiet.ts'
import { dropDatabase, takeDatabase } from './databases.ts'

/** What was asked of a store whose test is over may take so long, in ms. */
const LAST_ANSWER_MS = 10_000

interface Open {
  readonly url: string
  readonly store: Store<RuntimeTables>
}

export interface Lent {
  readonly store: Store<RuntimeTables>
  /** From then on it neither does anything nor answers, as if the process had died. */
  end(): Promise<void>
}

/** Stores that nobody has, emptied: to open one takes longer than most tests. */
const free: Open[] = []

/** A store without rows, until it is closed or its test ends: then another test gets it. */
export async function lentStore(server: string): Promise<Lent> {
  const open = free.pop() ?? (await newStore(server))
  const { store } = open
  const asked = new Set<Promise<unknown>>()
  const unheard: (() => Promise<void>)[] = []
  let isClosed = false
  let ended: Promise<void> | undefined
  const asking =
    <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      if (isClosed) return Promise.reject(closedError())
      if (ended) return new Promise(() => {})
      const answer = counted(ask(...args))
      const settled = answer.then(
        () => {},
        () => {},
      )
      asked.add(settled)
      void settled.then(() => asked.delete(settled))
      return answer
    }
  const end = () => {
    ended ??= (async () => {
      for (const stop of unheard) await stop()
      await handOn(open, asked)
    })()
    return ended
  }
  const { read, listen } = store
  return {
    end,
    store: {
      engine: store.engine,
      db: store.db,
      get state() {
        return store.state
      },
      read: {
        all: asking(read.all.bind(read)) as Store<RuntimeTables>['read']['all'],
        first: asking(read.first.bind(read)) as Store<RuntimeTables>['read']['first'],
        execute: asking(read.execute.bind(read)) as Store<RuntimeTables>['read']['execute'],
      },
      write: asking(store.write) as Store<RuntimeTables>['write'],
      apply: asking<Change[], number[]>(store.apply),
      ask: asking(store.ask) as Store<RuntimeTables>['ask'],
      once: asking(store.once) as Store<RuntimeTables>['once'],
      async listen(channel, hearing) {
        const stop = await listen!(channel, hearing)
        unheard.push(stop)
        return stop
      },
      async close() {
        isClosed = true
        await end()
      },
    },
  }
}

async function newStore(server: string): Promise<Open> {
  const url = await takeDatabase(server)
  return { url, store: await openStore(runtimeSchema, { url }) }
}

/** Empties a store for the next one; one that a test has spoilt goes. */
async function handOn(open: Open, asked: ReadonlySet<Promise<unknown>>): Promise<void> {
  const answered = Promise.all(asked).then(() => true)
  const late = new Promise<false>(resolve => setTimeout(resolve, LAST_ANSWER_MS, false).unref())
  const isWell = (await Promise.race([answered, late])) && open.store.state.ok
  try {
    if (!isWell) throw new Error('it does not answer')
    await open.store.write(tx => tx.execute({ compile: () => emptyTables(open.store) }))
    free.push(open)
  } catch {
    await dropDatabase(open.url)
    await open.store.close()
  }
}

const emptyTables = (store: Store<RuntimeTables>): CompiledQuery<unknown> =>
  sql`select empty_tables()`.compile(store.db)
