import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ErrorEnvelope } from '../../src/protocol/index.ts'
import { place } from './place.ts'
import { APP, basic, OTHER, refusal, type World, world } from './world.ts'

const authorization = basic(APP)

async function upload(
  w: World,
  type: string,
  bytes: Uint8Array | string,
  name = 'a.bin',
  field = 'filename',
) {
  const form = new FormData()
  form.append('note', 'not a file')
  form.append(field, new Blob([bytes]), name)
  return w.raw(`/v1/resource?type=${type}`, { method: 'POST', headers: { authorization }, body: form })
}

/** Asks for the address of a file and fetches it. */
async function download(w: World, mediaId: string, headers: Record<string, string> = {}) {
  const { body } = await w.call('GET', `/v1/resource/?mediaId=${mediaId}`)
  return fetch(body.url, { headers })
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAD0lEQVR4nGP4z8AARIwQBAAd7gP9m9CF6AAAAABJRU5ErkJggg==',
  'base64',
)
const GIF = Buffer.from('R0lGODlhBQAEAIAAAP///wAAACwAAAAABQAEAAACBISPqVgAOw==', 'base64')
const BMP = Buffer.from('424d3a0000000000000036000000280000000700000006000000010018000000000004000000', 'hex')
const JPG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080009000801011100ffd9', 'hex')

test.each([
  ['png', PNG, 3, 2],
  ['gif', GIF, 5, 4],
  ['bmp', BMP, 7, 6],
  ['jpg', JPG, 8, 9],
])('reads format and size of a %s from its bytes', async (format, bytes, width, height) => {
  const w = await world()
  const { status, body } = await upload(w, 'image', bytes, 'whatever.txt')
  expect(status).toBe(200)
  expect(body).toEqual({
    media_id: expect.stringMatching(/^qiniu\/image\/j\/[0-9A-F]{32}$/),
    media_crc32: crc32(bytes),
    hash: expect.stringMatching(/^F[\w-]{27}$/),
    fsize: bytes.length,
    width,
    height,
    format,
  })
})

test.each(['<svg width="1" height="1"/>', '', 'BM', 'GIF8', '\xff\xd8\xff', 'RIFFxxxxWEBPVP8 '])(
  'does not take %j for an image',
  async text => {
    const w = await world()
    expect(refusal(await upload(w, 'image', Buffer.from(text, 'latin1')))).toEqual([400, 899003])
  },
)

test('keeps a file byte for byte under a name of its own', async () => {
  const where = await place()
  const { data } = where
  const w = await world(where)
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * 7919) % 256))
  const { body } = await upload(w, 'file', bytes, '..\\..\\C:\\我的 文件.dmp', 'file')
  expect(body).toMatchObject({ fname: '我的 文件.dmp', fsize: 700_000, media_crc32: crc32(bytes) })
  if (data !== undefined) {
    const files = readdirSync(join(data, 'media'))
    expect(files).toEqual([body.media_id.split('/').at(-1)])
    expect(readFileSync(join(data, 'media', files[0] as string))).toEqual(bytes)
    expect(statSync(join(data, 'im.db')).mode & 0o077).toBe(0)
  }

  await w.server.close()
  const again = await world(where)
  const answer = await download(again, body.media_id)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename*=UTF-8''${encodeURIComponent('我的 文件.dmp')}`,
  )
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(answer.headers.get('content-length')).toBe('700000')
})

test('tells the format of a voice clip by its name', async () => {
  const w = await world()
  expect((await upload(w, 'voice', 'x', '/sdcard/clip.M4A')).body).toEqual({
    media_id: expect.stringMatching(/^qiniu\/voice\/j\//),
    media_crc32: crc32('x'),
    hash: expect.any(String),
    fsize: 1,
    format: 'm4a',
  })
})

test('takes 8 MiB and not a byte more, and tags blocks of 4 MiB', async () => {
  const w = await world()
  const bytes = Buffer.alloc(8_388_609, 'a')
  expect(refusal(await upload(w, 'file', bytes))).toEqual([400, 899003])
  const { status, body } = await upload(w, 'file', bytes.subarray(1))
  expect([status, body.fsize]).toEqual([200, 8_388_608])
  const sha1 = (part: Buffer) => createHash('sha1').update(part).digest()
  const block = sha1(bytes.subarray(0, 4_194_304))
  const tag = Buffer.concat([Buffer.of(0x96), sha1(Buffer.concat([block, block]))])
  expect(body.hash).toBe(tag.toString('base64url'))
  expect(refusal(await upload(w, 'file', Buffer.alloc(20_000_000)))).toEqual([400, 899003])
})

test('takes the form of the Java client, whose stray CRLF counts', async () => {
  const w = await world()
  const boundary = '========7d4a6d158c9'
  const body = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="image"; filename="/home/me/a.txt"',
    'Content-Type: application/octet-stream',
    '',
    'hello\r\n',
    `--${boundary}--`,
    '',
  ].join('\r\n')
  const headers = { authorization, 'content-type': `multipart/form-data; boundary=${boundary}` }
  const answer = await w.raw('/v1/resource?type=file', { method: 'POST', headers, body })
  expect(answer.body).toMatchObject({ fname: 'a.txt', fsize: 7, media_crc32: crc32('hello\r\n') })
})

test.each([
  ['no type', '/v1/resource', 'x'],
  ['an unknown type', '/v1/resource?type=film', 'x'],
  ['JSON', '/v1/resource?type=file', '{}'],
])('refuses an upload with %s', async (_, path, body) => {
  const w = await world()
  const answer = await w.raw(path, { method: 'POST', headers: { authorization }, body })
  expect(refusal(answer)).toEqual([400, 899003])
})

test.each([
  '',
  '--b\r\n',
  '--b--\r\n',
  'nothing',
  '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
  '--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\nhalf',
])('refuses the form %j', async body => {
  const w = await world()
  const headers = { authorization, 'content-type': 'multipart/form-data; boundary=b' }
  const answer = await w.raw('/v1/resource?type=file', { method: 'POST', headers, body })
  expect(refusal(answer)).toEqual([400, 899003])
})

test('sends parts of a file', async () => {
  const w = await world()
  const { body } = await upload(w, 'file', '0123456789')
  const part = async (range: string) => {
    const answer = await download(w, body.media_id, { range })
    return [answer.status, answer.headers.get('content-range'), await answer.text()]
  }
  expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
  expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
  expect(await part('bytes=-2')).toEqual([206, 'bytes 8-9/10', '89'])
  expect(await part('bytes=5-99')).toEqual([206, 'bytes 5-9/10', '56789'])
  expect(await part('bytes=10-')).toEqual([416, 'bytes */10', ''])
  expect(await part('bytes=4-2')).toEqual([200, null, '0123456789'])
  expect(await part('bytes=0-1,3-4')).toEqual([200, null, '0123456789'])
  const etag = `"${body.hash}"`
  expect((await download(w, body.media_id, { 'if-none-match': etag })).status).toBe(304)
  expect((await download(w, body.media_id, { range: 'bytes=0-1', 'if-range': '"old"' })).status).toBe(200)
})

test('keeps an empty file', async () => {
  const w = await world()
  const { body } = await upload(w, 'file', '')
  expect(body.fsize).toBe(0)
  expect(await (await download(w, body.media_id)).text()).toBe('')
})

test('gives addresses that end after an hour and cannot be changed', async () => {
  const w = await world()
  const mine = (await upload(w, 'file', 'mine')).body.media_id
  const other = (await upload(w, 'file', 'other')).body.media_id
  const { url } = (await w.call('GET', `/v1/resource?mediaId=${mine}`)).body
  expect((await fetch(url.replace(mine, other))).status).toBe(403)
  expect((await fetch(url.replace(/expires=\d/, 'expires=9'))).status).toBe(403)
  expect((await fetch(url.split('?')[0])).status).toBe(403)
  await w.clock.advance(3_600_000)
  expect((await fetch(url)).status).toBe(200)
  await w.clock.advance(1)
  const late = await fetch(url)
  expect([late.status, ((await late.json()) as ErrorEnvelope).error.code]).toEqual([403, 403])
})

test('knows the files of the app only', async () => {
  const w = await world()
  const { body } = await upload(w, 'file', 'mine')
  const path = `/v1/resource?mediaId=${body.media_id}`
  expect(refusal(await w.callAs(OTHER, 'GET', path))).toEqual([400, 899003])
  expect(refusal(await w.call('GET', '/v1/resource?mediaId=qiniu/file/j/0'))).toEqual([400, 899003])
  expect(refusal(await w.call('GET', '/v1/resource'))).toEqual([400, 899003])
})

test('puts the public address before downloads', async () => {
  const w = await world({ publicUrl: 'https://im.example.com/' })
  const { body } = await upload(w, 'file', 'mine')
  const { url } = (await w.call('GET', `/v1/resource?mediaId=${body.media_id}`)).body
  expect(url).toMatch(/^https:\/\/im\.example\.com\/media\/qiniu\/file\/j\//)
})
