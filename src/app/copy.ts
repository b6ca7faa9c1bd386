import { existsSync, realpathSync } from 'node:fs'
import { AppError } from '../base/errors.ts'
import { type CopyOptions, type CopyResult, copyStore } from '../store/copy/copy.ts'
import { isPostgres, nameOf } from '../store/index.ts'
import { SCHEMAS, type SchemaName } from './databases.ts'

export type { CopyProgress, CopyResult } from '../store/copy/copy.ts'
export { CopyError } from '../store/copy/copy-error.ts'

export interface CopyRequest extends Pick<CopyOptions, 'from' | 'to' | 'onProgress' | 'signal'> {
  /** Whose tables; by default all that the source has. */
  readonly schemas: readonly SchemaName[] | undefined
}

/**
 * Copies a database into another, which is empty or an unfinished copy of it.
 *
 * @throws AppError `database.none`, `copy.same`, CopyError, StoreError
 */
export async function copyDatabase({ schemas, ...options }: CopyRequest): Promise<CopyResult> {
  const { from, to } = options
  if (!isPostgres(from) && !existsSync(from))
    throw new AppError(`there is no database ${from}`, { code: 'database.none', hint: 'Look at --from.' })
  if (isSame(from, to))
    throw new AppError(`source and target are the same, ${nameOf(from)}`, {
      code: 'copy.same',
      hint: 'Look at --from and --to.',
    })
  const names = schemas ?? (Object.keys(SCHEMAS) as SchemaName[])
  return copyStore({ ...options, schemas: names.map(name => SCHEMAS[name]) })
}

function isSame(from: string, to: string): boolean {
  if (isPostgres(from) || isPostgres(to)) return nameOf(from) === nameOf(to)
  return existsSync(to) && realpathSync(from) === realpathSync(to)
}
