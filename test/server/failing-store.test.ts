import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { until } from '../e2e/until.ts'
import { world } from './world.ts'

test('while its database cannot be written the server says so in its words, is read all the same, and recovers', async () => {
  const data = mkdtempSync(join(tmpdir(), 'im-'))
  const log: LogLine[] = []
  const w = await world({ data, log: capturedLog(log) })
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  await w.users('alice', 'bobby')
  const gid = await w.group('alice', 'bobby')
  const say = (text: string) =>
    w.call('POST', '/v1/messages', {
      ...{ version: 1, target_type: 'group', target_id: String(gid), from_type: 'admin', from_id: 'boss' },
      ...{ msg_type: 'text', msg_body: { text } },
    })
  await w.call('POST', '/v1/admins', { username: 'boss', password: 'secret' })
  const first = await say('first')
  expect(first.status).toBe(201)

  const holder = new Database(join(data, 'im.db'))
  holder.exec('begin exclusive')
  for (const refused of [
    await say('lost'),
    await w.call('POST', '/v1/users', [{ username: 'carol', password: 'secret' }]),
  ])
    expect(refused).toMatchObject({
      status: 500,
      body: { error: { code: 899000, message: expect.any(String) } },
    })
  expect((await w.call('GET', `/v1/groups/${gid}`)).status).toBe(200)
  const told = log.filter(({ fields }) => fields.code === 'store.locked')
  expect(told).toMatchObject([{ level: 'error', message: expect.stringContaining(join(data, 'im.db')) }])
  holder.exec('rollback')
  holder.close()

  const second = await until('it can be written again', async () => {
    const answer = await say('second')
    return answer.status === 201 && answer
  })
  await until('it is told of', () => log.some(({ message }) => message === 'the database works again'))
  expect(second.body.msg_id).toBeGreaterThan(first.body.msg_id)
  await w.users('carol')
})
