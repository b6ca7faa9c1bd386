import { openStore, type Schema } from '../../src/store/index.ts'
import { imSchema } from '../../src/store/schema/im.ts'
import { runtimeSchema } from '../../src/store/schema/runtime.ts'
import { until } from '../e2e/until.ts'
import { administer } from './start.ts'

const TEMPLATE = 'beadle_template'
/** A connection that was closed is gone at the server within so long, in ms. */
const GONE_MS = 1000

/** Where a copy is of the tables that have rows from the first. */
const FIRST = `
  create schema first;
  do $$
  declare
    one text;
    has_rows boolean;
  begin
    for one in
      select relname from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like '%\\_migration'
    loop
      execute format('select exists (table %I)', one) into has_rows;
      if has_rows then execute format('create table first.%1$I as table public.%1$I', one); end if;
    end loop;
  end $$`

/**
 * Has all tables but those that note the migrations as they were first, mostly empty. To delete some rows takes a tenth of the time of a `truncate`,
 * which makes the files of a table and of its indexes anew.
 */
const EMPTY = `
  create function empty_tables() returns void language plpgsql as $$
  declare
    one record;
    is_other boolean;
  begin
    for one in
      select relname as name, pg_relation_size(oid) as bytes from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like '%\\_migration'
        and relname not in (select relname from pg_class where relnamespace = 'first'::regnamespace)
    loop
      if one.bytes > 500000 then
        execute format('truncate %I', one.name);
      elsif one.bytes > 0 then
        execute format('delete from %I', one.name);
      end if;
    end loop;
    for one in select relname as name from pg_class where relnamespace = 'first'::regnamespace loop
      execute format(
        'select exists ((table %1$I except table first.%1$I) union all (table first.%1$I except table %1$I))',
        one.name
      ) into is_other;
      if is_other then
        execute format('delete from %I', one.name);
        execute format('insert into %1$I table first.%1$I', one.name);
      end if;
    end loop;
    perform setval(seqrelid, seqstart, false) from pg_sequence
      where pg_sequence_last_value(seqrelid) is not null;
    perform pg_advisory_unlock_all();
  end $$`

/** Makes the database that others are copied from, with all tables. Once a server. */
export async function makeTemplate(server: string): Promise<void> {
  await administer(server, client => client.query(`create database ${TEMPLATE}`))
  const url = placed(server, TEMPLATE)
  for (const schema of [runtimeSchema, imSchema] as Schema<never>[])
    await (await openStore(schema, { url })).close()
  await administer(url, async client => {
    await client.query(FIRST)
    await client.query(EMPTY)
  })
}

let count = 0
/** Databases that nobody has, emptied. */
const free: string[] = []

/** A database with the tables of all schemas, without rows. */
export async function takeDatabase(server: string): Promise<string> {
  return free.pop() ?? (await createDatabase(server, TEMPLATE))
}

/** Another one gets it, emptied: unless somebody is connected to it, who may write yet. */
export async function giveDatabaseBack(url: string): Promise<void> {
  const isFree = await administer(url, async client => {
    const left = 'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
    const isAlone = async () => (await client.query(left)).rowCount === 0
    // Those that were closed a moment ago may not have ended yet.
    const alone = await until('nobody is connected', isAlone, { patienceMs: GONE_MS }).then(
      () => true,
      () => false,
    )
    if (alone) await client.query('select empty_tables()')
    return alone
  })
  if (isFree) free.push(url)
  else await dropDatabase(url)
}

/** A new database: without anything, if no other is named that it is to be a copy of. */
export async function createDatabase(server: string, template = 'template1'): Promise<string> {
  const name = `t${process.pid}_${++count}`
  const create = `create database ${name} template ${template} strategy file_copy`
  await administer(server, client => client.query(create))
  return placed(server, name)
}

export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await administer(placed(url, 'postgres'), client => client.query(`drop database ${name} with (force)`))
}

function placed(server: string, database: string): string {
  return server.replace(/\/[^/]*$/, `/${database}`)
}
