import Database from 'libsql'
import { bareDatabase, engine } from '../engine.ts'
import { administer } from '../postgres/start.ts'

/** The setting of a Beadle's database: none for its own file, and on PostgreSQL one that nobody else has. */
export const databaseSetting = async (): Promise<{ readonly database?: string }> =>
  engine === 'sqlite' ? {} : { database: await bareDatabase() }

const SAID = "select data from deliveries where type = 'message.text' and plugin = $1 order by event_id"

/**
 * What users said, as the events of a plugin, in the order in which Beadle took it: a callback may bring it in another
 * one than it was said in.
 *
 * @param data  folder of Beadle's data
 */
export async function saidTo(plugin: string, data: string, database?: string): Promise<string[]> {
  const rows = database ? await onServer(database, plugin) : inFile(`${data}/beadle.db`, plugin)
  return rows.map(row => String(JSON.parse(row.data).msg_body.text))
}

type Rows = { data: string }[]

const onServer = (url: string, plugin: string): Promise<Rows> =>
  administer(url, async client => (await client.query(SAID, [plugin])).rows)

function inFile(path: string, plugin: string): Rows {
  const database = new Database(path, { readonly: true })
  try {
    return database.prepare(SAID.replace('$1', '?')).all(plugin) as Rows
  } finally {
    database.close()
  }
}
