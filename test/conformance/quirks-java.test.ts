import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { ABROAD, foundTown } from './town.ts'
import { send, sendEmpty, sendJson } from './wire.ts'

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** The form that the client writes by hand: an odd boundary, no blanks in its headers, and a line break too many. */
function javaForm(name: string, path: string, file: Buffer) {
  const boundary = '========7d4a6d158c9'
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data;name="${name}";filename="${path}"`,
    'Content-Type:application/octet-stream',
    '',
    '',
  ].join('\r\n')
  return {
    headers: { charset: 'UTF-8', 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n\r\n--${boundary}--\r\n`)]),
  }
}

test.each([
  ['image', '/home/me/Bilder/Köln 1.gif', 'Köln 1.gif'],
  ['voice', 'C:\\clips\\hello.m4a', 'hello.m4a'],
  ['file', './notes.txt', 'notes.txt'],
])(
  'uploads as the Java client does: the part is named %s, the name of the file is its path',
  async (type, path, name) => {
    const town = await foundTown()
    const { status, body } = await send(town, 'POST', `/v1/resource?type=${type}`, javaForm(type, path, GIF))
    // The two bytes before the boundary are the file's, for all the server can know.
    const bytes = Buffer.concat([GIF, Buffer.from('\r\n')])
    expect([status, body.fsize, body.media_crc32]).toEqual([200, bytes.length, crc32(bytes)])
    const { fname, format, width } = body
    const due = { image: { format: 'gif', width: 1 }, voice: { format: 'm4a' }, file: { fname: name } }[type]
    expect({ fname, format, width }).toEqual({
      fname: undefined,
      format: undefined,
      width: undefined,
      ...due,
    })
  },
)

test('takes an image of type image only, when the Java client uploads any file so', async () => {
  const town = await foundTown()
  const form = javaForm('image', '/tmp/notes.txt', Buffer.from('no image'))
  const { status, body } = await send(town, 'POST', '/v1/resource?type=image', form)
  expect([status, body.error.code]).toEqual([400, 899003])
})

test('asks for a file with raw slashes in its id, as the Java and C# clients do', async () => {
  const town = await foundTown()
  const form = javaForm('file', '/tmp/notes.txt', GIF)
  const { media_id } = (await send(town, 'POST', '/v1/resource?type=file', form)).body
  expect(media_id).toContain('/')
  const { status, body } = await send(town, 'GET', `/v1/resource?mediaId=${media_id}`)
  expect([status, typeof body.url]).toEqual([200, 'string'])
})

test('lists the members of a group across apps with the slash that the Java client writes there only', async () => {
  const town = await foundTown()
  expect((await sendEmpty(town, 'GET', `/v1/cross/groups/${town.gid}/members/`)).status).toBe(200)
  expect((await sendEmpty(town, 'GET', `/v1/groups/${town.gid}/members`)).status).toBe(200)
})

test('answers a batch that failed with an array, of which the Java client takes the first error', async () => {
  const town = await foundTown()
  const batch = [{ username: 'tommy', password: 'secret' }]
  const { status, body } = await sendJson(town, 'POST', '/v1/users', batch)
  expect([status, body]).toEqual([
    403,
    [{ username: 'tommy', error: { code: 899001, message: 'User exist' } }],
  ])
})

test.each(['信信', 'a、b。c', 'abc,'])(
  'refuses the name %s, which the Java client lets through',
  async username => {
    const town = await foundTown()
    const { status, body } = await sendJson(town, 'POST', '/v1/users', [{ username, password: 'secret' }])
    expect([status, body[0].error.code]).toEqual([400, 899003])
  },
)

test('gives ids of at least five digits, as the Java client checks a target_id for length', async () => {
  const town = await foundTown()
  for (const id of [town.gid, town.roomId]) expect(id).toBeGreaterThanOrEqual(10_000)
})

test('makes a group of flag 0, the Java client’s unset one, a private one', async () => {
  const town = await foundTown()
  const group = { owner_username: 'tommy', name: 'g', members_username: ['caiyi'], desc: '', flag: 0 }
  const { status, body } = await sendJson(town, 'POST', '/v1/groups', group)
  expect(status).toBe(201)
  expect((await send(town, 'GET', `/v1/groups/${body.gid}`)).body.flag).toBe(1)
})

test.each([
  ['add', { add: ['yiyun'], remove: [] }],
  ['remove', { add: [], remove: ['caiyi'] }],
])('takes the empty list that the Java client sends beside %s', async (_, change) => {
  const town = await foundTown()
  expect((await sendJson(town, 'POST', `/v1/groups/${town.gid}/members`, change)).status).toBe(204)
})

test('takes the empty list of the Java client across apps, too', async () => {
  const town = await foundTown()
  const change = [{ appkey: ABROAD.appKey, add: ['olga1'], remove: [] }]
  expect((await sendJson(town, 'POST', `/v1/cross/groups/${town.gid}/members`, change)).status).toBe(204)
  expect((await sendJson(town, 'POST', `/v1/cross/chatroom/${town.roomId}/members`, change)).status).toBe(204)
})

test('hands a group over to a user of the app that the Java client calls appKey', async () => {
  const town = await foundTown()
  const added = [{ appkey: ABROAD.appKey, add: ['olga1'] }]
  await town.must('cross.groups.members.update', { params: { gid: town.gid }, body: added })
  const owner = { username: 'olga1', appKey: ABROAD.appKey }
  expect((await sendJson(town, 'PUT', `/v1/groups/owner/${town.gid}`, owner)).status).toBe(204)
  expect((await send(town, 'GET', `/v1/groups/${town.gid}`)).body.owner_username).toBe('olga1')
})

test('takes calls with a JSON type and no body, as the Java client makes them', async () => {
  const town = await foundTown()
  const { msg_id } = (await town.must('messages.send', town.message())).body
  const calls = [
    ['POST', `/v1/messages/boss1/${msg_id}/retract`],
    ['PUT', '/v1/users/tommy/forbidden?disable=false'],
    ['PUT', `/v1/chatroom/${town.roomId}/forbidden/caiyi?status=1`],
    ['PUT', '/v1/sensitiveword/status?status=1'],
    ['PUT', '/v1/sdkregister/status?status=0'],
    ['DELETE', '/v1/users/lucas'],
  ] as const
  for (const [method, path] of calls)
    expect([path, (await sendEmpty(town, method, path)).status]).toEqual([path, 204])
})

test('reads times with + for a blank, as the Java, PHP and C# clients write them', async () => {
  const town = await foundTown()
  const range = 'begin_time=2026-01-01+00:00:00&end_time=2026-01-02%2000:00:00'
  expect((await send(town, 'GET', `/v2/messages?count=10&${range}`)).status).toBe(200)
})
