import Database from 'libsql/promise'

/**
 * Runs a statement on a file in a thread of its own, so that the process goes on meanwhile though it take long; resolves
 * with the rows.
 */
export async function inThread(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const database = new Database(url, {})
  try {
    const statement = await database.prepare(sql)
    return (await statement.all()) as Record<string, unknown>[]
  } finally {
    database.close()
  }
}
