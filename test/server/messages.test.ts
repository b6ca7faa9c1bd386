import { expect, test } from 'vitest'
import { APP, OTHER, refusal, world } from './world.ts'

async function people() {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  return w
}
const history = '/v2/messages?count=1000&begin_time=2026-01-01%2008:00:00&end_time=2026-01-02%2008:00:00'

test('takes a message and keeps all of it', async () => {
  const w = await people()
  const body = { text: '你好', extras: { a: null, b: [] }, more: { kept: null } }
  const sent = await w.send('admin1', 'single', 'alice', {
    msg_body: body,
    target_name: 'A',
    no_offline: 'true',
  })
  expect(sent.status).toBe(201)
  expect(sent.body).toEqual({ msg_id: expect.any(Number), msg_ctime: w.clock.now() })
  expect((await w.call('GET', history)).body.messages).toEqual([
    {
      target_type: 'single',
      target_id: 'alice',
      target_name: 'A',
      target_appkey: APP.appKey,
      from_id: 'admin1',
      from_name: 'admin1',
      from_type: 'admin',
      from_appkey: APP.appKey,
      from_platform: 'api',
      msg_type: 'text',
      msg_body: body,
      create_time: Math.floor(w.clock.now() / 1000),
      version: 1,
      msgid: sent.body.msg_id,
      msg_level: 0,
      msg_ctime: sent.body.msg_ctime,
      no_offline: true,
    },
  ])
})

test('says whom a group or room message is from', async () => {
  const w = await people()
  await w.call('PUT', '/v1/users/admin1', { nickname: 'Boss' })
  const gid = await w.group('alice', 'bob1')
  const room = await w.room('alice')
  expect((await w.send('admin1', 'group', gid)).status).toBe(201)
  expect((await w.send('admin1', 'chatroom', String(room), { from_name: 'Me' })).status).toBe(201)
  const [group, chat] = (await w.call('GET', history)).body.messages
  expect(group).toMatchObject({
    target_id: String(gid),
    from_name: 'Boss',
    set_from_name: 0,
    target_appkey: '',
    target_name: '',
  })
  expect(chat).toMatchObject({ target_id: String(room), from_name: 'Me', set_from_name: 1 })
})

test.each([
  ['single', 'nobody', {}, [403, 899002]],
  ['group', '999', {}, [403, 899006]],
  ['group', 'alice', {}, [403, 899006]],
  ['chatroom', '999', {}, [403, 899081]],
  ['single', 'alice', { from_id: 'nobody' }, [403, 899002]],
  ['single', 'alice', { from_id: 'bob1' }, [403, 899016]],
  ['single', 'alice', { from_type: 'user', from_id: 'bob1' }, [403, 899016]],
  ['single', 'alice', { from_type: 'user', from_id: 'nobody' }, [403, 899002]],
  ['single', 'alice', { target_appkey: 'c3'.repeat(12) }, [403, 899020]],
  // In the order of checks: sender, right to send, app, target.
  ['single', 'nobody', { from_id: 'bob1', target_appkey: 'c3'.repeat(12) }, [403, 899016]],
  ['single', 'nobody', { target_appkey: 'c3'.repeat(12) }, [403, 899020]],
  ['single', 'alice', { version: 2 }, [400, 899003]],
  ['single', 'alice', { msg_type: 'song' }, [400, 899003]],
  ['single', 'alice', { msg_type: 'image' }, [400, 899003]],
  ['single', 'alice', { msg_body: { text: '' } }, [400, 899003]],
  ['single', 'alice', { msg_body: { text: 'x', extras: 'y' } }, [400, 899003]],
  ['pair', 'alice', {}, [400, 899003]],
  ['single', '', {}, [400, 899003]],
  ['single', 'alice', { from_id: null }, [400, 899003]],
])('to %s %s with %j is refused', async (type, target, more, expected) => {
  const w = await people()
  expect(refusal(await w.send('admin1', type, target, more))).toEqual(expected)
  expect((await w.call('GET', history)).body.total).toBe(0)
})

test('measures a body as 4096 bytes of compact JSON', async () => {
  const w = await people()
  const body = (bytes: number) => {
    const room = bytes - '{"text":""}'.length
    return { msg_body: { text: '信'.repeat(Math.floor(room / 3)) + 'x'.repeat(room % 3) } }
  }
  expect((await w.send('admin1', 'single', 'alice', body(4096))).status).toBe(201)
  expect(refusal(await w.send('admin1', 'single', 'alice', body(4097)))).toEqual([400, 899003])
})

test.each([
  ['image', { media_id: 'm', media_crc32: 1, fsize: 2, width: 3, height: 4, format: 'jpg', hash: 'h' }],
  ['voice', { media_id: 'm', media_crc32: 4294967295, fsize: 2, duration: 5, extras: [] }],
  ['file', { media_id: 'm', media_crc32: 0, fsize: 2, fname: 'a.txt' }],
  ['custom', { anything: [{ goes: null }] }],
  ['custom', []],
])('takes a message of type %s', async (msg_type, msg_body) => {
  const w = await people()
  expect((await w.send('admin1', 'single', 'alice', { msg_type, msg_body })).status).toBe(201)
  const [{ msg_body: kept }] = (await w.call('GET', history)).body.messages
  expect(kept).toEqual(
    Array.isArray(msg_body) ? {} : { ...msg_body, ...('extras' in msg_body && { extras: {} }) },
  )
})

test('sends to another app of the account', async () => {
  const w = await people()
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'dora', password: 'secret' }])
  const target_appkey = OTHER.appKey
  expect((await w.send('admin1', 'single', 'dora', { target_appkey })).status).toBe(201)
  expect(refusal(await w.send('admin1', 'single', 'alice', { target_appkey }))).toEqual([403, 899002])
  const [message] = (await w.call('GET', history)).body.messages
  expect(message).toMatchObject({ msg_level: 1, from_appkey: APP.appKey, target_appkey })
  expect((await w.callAs(OTHER, 'GET', history)).body.total).toBe(0)
})

test('holds users to blacklist and membership, but not admins', async () => {
  const w = await people()
  await w.call('PUT', '/v1/users/alice/blacklist', ['bob1'])
  const gid = await w.group('alice')
  const room = await w.room('alice')
  expect(refusal(await w.say('bob1', 'single', 'alice'))).toEqual([403, 803008])
  expect(refusal(await w.say('bob1', 'group', gid))).toEqual([403, 803005])
  expect(refusal(await w.say('bob1', 'chatroom', room))).toEqual([403, 847001])
  expect((await w.say('alice', 'single', 'bob1')).status).toBe(201)
  for (const [type, id] of [
    ['single', 'alice'],
    ['group', gid],
    ['chatroom', room],
  ] as const)
    expect((await w.send('admin1', type, id)).status).toBe(201)
})

test('lets users send over the API when that is allowed', async () => {
  const w = await world({ allowUserSenders: true })
  await w.users('alice', 'bob1')
  const from_type = 'user'
  expect((await w.send('alice', 'single', 'bob1', { from_type })).status).toBe(201)
  await w.call('PUT', '/v1/users/alice/blacklist', ['bob1'])
  expect(refusal(await w.send('bob1', 'single', 'alice', { from_type }))).toEqual([403, 803008])
  await w.call('PUT', '/v1/users/alice/forbidden?disable=true')
  expect(refusal(await w.send('alice', 'single', 'bob1', { from_type }))).toEqual([403, 899016])
})
