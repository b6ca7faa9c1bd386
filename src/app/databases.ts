import { AppError } from '../base/errors.ts'
import { databaseIn } from '../server/database.ts'
import { isPostgres, type Schema } from '../store/index.ts'
import { imSchema } from '../store/schema/im.ts'
import { runtimeSchema } from '../store/schema/runtime.ts'
import { hasEmbedded, type MainConfig } from './config/index.ts'

/** Whose tables: those of the bots' runtime, or those of the IM server. They may share a database. */
export type SchemaName = 'runtime' | 'im'

export const SCHEMAS: Readonly<Record<SchemaName, Schema<unknown>>> = { runtime: runtimeSchema, im: imSchema }

const CHOICES = ['runtime', 'im', 'all'] as const

/**
 * Reads which tables are meant; undefined where nothing is said.
 *
 * @throws AppError `cli.usage`
 */
export function readSchemas(text: string | undefined): readonly SchemaName[] | undefined {
  if (text === undefined) return undefined
  const choice = CHOICES.find(one => one === text)
  if (!choice) throw usage(`--schema ${text}: must be one of ${CHOICES.join(', ')}`)
  return choice === 'all' ? ['runtime', 'im'] : [choice]
}

/**
 * Reads which database is meant: `sqlite:PATH` or `postgres://…`.
 *
 * @returns as a store takes it
 * @throws AppError `cli.usage`, which does not repeat the text: it may hold a password
 */
export function readDatabase(option: string, text: string): string {
  if (isPostgres(text) && URL.canParse(text)) return text
  const [, path = ''] = /^sqlite:(?:\/\/)?(.*)$/s.exec(text) ?? []
  if (path !== '' && path !== ':memory:') return path
  throw usage(`${option}: must be sqlite:PATH or postgres://USER@HOST:PORT/NAME`)
}

/** The databases that a start with this configuration opens. */
export function databasesOf(main: MainConfig): { schema: SchemaName; url: string }[] {
  const { database, data } = main
  const runtime = { schema: 'runtime' as const, url: database }
  return hasEmbedded(main) ? [runtime, { schema: 'im', url: databaseIn(data) }] : [runtime]
}

const usage = (message: string) => new AppError(message, { code: 'cli.usage' })
