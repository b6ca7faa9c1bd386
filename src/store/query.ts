import type { DatabaseConnection, Driver } from 'kysely'
import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  type Kysely,
  Kysely as KyselyBuilder,
  type RawBuilder,
  sql,
} from 'kysely'

/** A statement that is built and compiled once, then run with different parameters. */
export interface Query<P, R> {
  /** Builds the statement; the parameters are stand-ins for the values given to each run. */
  readonly build: (db: Kysely<never>, params: P) => Compilable<R>
}

/**
 * Declares a statement of schema `DB` that runs often.
 *
 * Building and compiling costs tens of microseconds, more than running it; so it is done once a store.
 * Parameters may stand wherever a value may, but their values cannot change the shape of the statement
 * (no lists for `in`).
 */
export const query =
  <DB>() =>
  <P extends object, R>(build: (db: Kysely<DB>, params: P) => Compilable<R>): Query<P, R> =>
    Object.freeze({ build: build as unknown as Query<P, R>['build'] })

/**
 * A list of texts for `in`, written into the statement: by values that are bound, SQLite does not see that an index of
 * some rows (one with a `where`) holds all that are asked for. A single text is written by `sql.lit`.
 */
export const literally = (texts: readonly string[]): RawBuilder<never> =>
  sql`(${sql.join(texts.map(text => sql.lit(text)))})`

class Slot {
  constructor(readonly name: string) {}
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) })

/** A compiled {@link Query}: its SQL, and how to lay out the values of a run. */
export class Prepared {
  readonly sql: string
  /** By which a server knows it once it has seen it. */
  readonly name: string
  /** Whether it only reads. */
  readonly reads: boolean
  readonly #parameters: readonly unknown[]
  /** By parameter: the name of its slot, or undefined for one that is the same in every run. */
  readonly #names: readonly (string | undefined)[]

  constructor(compiled: CompiledQuery, name: string) {
    this.sql = compiled.sql
    this.name = name
    this.reads = compiled.query.kind === 'SelectQueryNode'
    this.#parameters = compiled.parameters
    this.#names = compiled.parameters.map(parameter =>
      parameter instanceof Slot ? parameter.name : undefined,
    )
  }

  values(params: object): unknown[] {
    const values = new Array<unknown>(this.#names.length)
    for (let i = 0; i < values.length; i++) {
      const name = this.#names[i]
      values[i] =
        name === undefined ? this.#parameters[i] : ((params as Record<string, unknown>)[name] ?? null)
    }
    return values
  }
}

/** Compiles queries for one dialect, each once. */
export class QueryCache {
  readonly #db: Kysely<never>
  readonly #prepared = new WeakMap<object, Prepared>()
  #count = 0

  constructor(db: Kysely<never>) {
    this.#db = db
  }

  prepared(definition: Query<never, unknown>): Prepared {
    let prepared = this.#prepared.get(definition)
    if (!prepared) {
      prepared = new Prepared(definition.build(this.#db, slots as never).compile(), `b${++this.#count}`)
      this.#prepared.set(definition, prepared)
    }
    return prepared
  }
}

/** A Kysely that builds statements of a dialect and never runs one. */
export function builder<DB>(
  dialect: ConstructorParameters<typeof KyselyBuilder<DB>>[0]['dialect'],
): Kysely<DB> {
  return new KyselyBuilder<DB>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: (): Driver => new Refusing(),
      createIntrospector: db => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
  })
}

class Refusing extends DummyDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    throw new Error(
      'this Kysely only builds statements: hand them to store.read or to the transaction of store.write',
    )
  }
}
