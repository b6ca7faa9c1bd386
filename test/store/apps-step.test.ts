import { expect, onTestFinished, test } from 'vitest'
import { openStore, type Schema } from '../../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../src/store/schema/runtime.ts'
import { bareDatabase, engine } from '../engine.ts'
import { file } from './things.ts'

test('calls that wait since before there were several apps are kept, and name none', async () => {
  const url = engine === 'sqlite' ? file() : await bareDatabase()
  const steps = Object.entries(runtimeSchema.migrations).filter(([name]) => name < '004')
  const former: Schema<RuntimeTables> = { ...runtimeSchema, migrations: Object.fromEntries(steps) }
  const old = await openStore(former, { url })
  const row = {
    ...{ key: 'k', seq: 's', bot: 'b', event_id: null, endpoint: 'messages.send', lane: 'l', args: '{}' },
    ...{ priority: 'reply', state: 'queued', attempts: 1, result: null, error: null, created_at: 1 },
    ...{ expires_at: 2, updated_at: 1, partition: 3 },
  } as const
  await old.write(tx => tx.execute(old.db.insertInto('outbox').values(row as never)))
  await old.close()
  const store = await openStore(runtimeSchema, { url })
  onTestFinished(() => store.close())
  expect(await store.read.execute(store.db.selectFrom('outbox').selectAll())).toEqual([{ ...row, app: '' }])
})
