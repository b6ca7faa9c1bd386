import type { CompiledQuery } from 'kysely'
import type { AnyKysely } from '../dialect.ts'
import type { Schema } from '../store.ts'
import type { Row, Table } from './table.ts'

/** A statement that is built for either engine. */
export interface Statement {
  compile(db: AnyKysely): CompiledQuery
}

/** A database that is copied from or into, and that nobody else uses meanwhile. */
export interface Side {
  /** How it is named in messages, without a password. */
  readonly place: string
  /** Whether what is read of a text ends before its first NUL. */
  readonly cutsTexts: boolean
  /** Runs a statement, and reads its rows as lists. */
  ask(statement: Statement): Promise<Row[]>
  /** Names of all tables. */
  names(): Promise<string[]>
  /** What these are made of. */
  tables(names: readonly string[]): Promise<Table[]>
  /** Names of the steps by which a schema came to be. */
  steps(schema: string): Promise<string[]>
  /** The last number that was given to a row of a table; 0: none, or it does not number them. */
  lastNumber(table: Table): Promise<number>
  close(): Promise<void>
}

export interface Source extends Side {
  /** From now on these tables cannot change. */
  hold(tables: readonly Table[]): Promise<void>
}

export interface Target extends Side {
  /** Makes the tables of a schema. */
  migrate(schema: Schema<unknown>): Promise<void>
  /** Puts rows into a table, and runs a statement beside, all or nothing. */
  put(table: Table, rows: readonly Row[], beside: Statement): Promise<void>
  /** Has the numbering of a table go on after this. */
  numberAfter(table: Table, last: number): Promise<void>
  /** Runs some statements, all or nothing. What they do, and all before, survives a power cut. */
  together(statements: readonly Statement[]): Promise<void>
}
