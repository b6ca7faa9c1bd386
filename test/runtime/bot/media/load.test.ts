import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../../../src/base/clock.ts'
import { loadMedia, type MediaSource } from '../../../../src/runtime/bot/media/index.ts'

const bytes = Buffer.from('hello')
const maxBytes = 1_000
let baseDir: string
let server: Server
let origin: string
let handle: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  baseDir = await mkdtemp(join(tmpdir(), 'media-'))
  await writeFile(join(baseDir, 'a%20 b.png'), bytes)
  await writeFile(join(baseDir, 'full.bin'), Buffer.alloc(maxBytes))
  await writeFile(join(baseDir, 'large.bin'), Buffer.alloc(maxBytes + 1))
  await writeFile(join(baseDir, 'empty.bin'), '')
  await mkdir(join(baseDir, 'folder'))
  server = createServer((request, response) => handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await rm(baseDir, { recursive: true })
})

const load = (
  source: MediaSource,
  more: { signal?: AbortSignal; clock?: ManualClock; timeoutMs?: number } = {},
) => loadMedia(source, { baseDir, maxBytes, timeoutMs: 5_000, ...more })
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

/** Yields chunks for ever, and counts them. */
function endless() {
  const state = { chunks: 0 }
  const stream = new Readable({
    highWaterMark: 1,
    read() {
      state.chunks++
      this.push(Buffer.alloc(100))
    },
  })
  return { stream, state }
}

describe('files', () => {
  test('are found relative to the base, absolutely and by address', async () => {
    const path = join(baseDir, 'a%20 b.png')
    for (const source of ['a%20 b.png', './folder/../a%20 b.png', path, pathToFileURL(path)])
      expect(await load(source)).toEqual({ bytes, name: 'a%20 b.png' })
  })

  test('of just the largest size are read', async () => {
    expect((await load('full.bin')).bytes).toHaveLength(maxBytes)
  })

  test.each([
    ['large.bin', 'media.too-large', "the file 'large.bin' is too large"],
    ['gone.png', 'media.not-found', "the file 'gone.png'"],
    ['full.bin/x', 'media.not-found', "the file 'full.bin/x'"],
    ['folder', 'media.unreadable', 'it is a folder'],
    ['empty.bin', 'media.unreadable', 'it is empty'],
    ['nul\0.png', 'media.unreadable', 'ERR_INVALID_ARG_VALUE'],
  ])('as %j are refused as %s', async (source, code, message) => {
    await expect(load(source)).rejects.toEqual(refusal(code, message))
  })

  test.skipIf(process.platform === 'win32')('that are pipes are refused, not waited for', async () => {
    execFileSync('mkfifo', [join(baseDir, 'pipe')])
    await expect(load('pipe')).rejects.toEqual(refusal('media.unreadable', 'no ordinary file'))
  })
})

describe('bytes and streams', () => {
  const web = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(bytes)
        controller.close()
      },
    })

  test.each<[string, () => MediaSource, string]>([
    ['a Buffer', () => bytes, 'file'],
    ['a Uint8Array', () => new Uint8Array(bytes), 'file'],
    ['part of an array', () => new Uint8Array(Buffer.from('_hello_')).subarray(1, 6), 'file'],
    ['a stream', () => Readable.from([Buffer.from('hel'), Buffer.from('lo')]), 'file'],
    ['a stream of text', () => Readable.from(['hel', 'lo']), 'file'],
    ['a web stream', web, 'file'],
    ['named bytes', () => ({ data: bytes, name: 'x.txt' }), 'x.txt'],
    ['a named stream', () => ({ data: Readable.from([bytes]), name: 'x.txt' }), 'x.txt'],
    ['a name that is a path', () => ({ data: bytes, name: '../..\\etc/pass\nwd' }), 'passwd'],
    ['a name that is none', () => ({ data: bytes, name: ' .. ' }), 'file'],
  ])('load from %s', async (_, source, name) => {
    expect(await load(source())).toEqual({ bytes, name })
  })

  test('without a name get one from what they show', async () => {
    expect((await load(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))).name).toBe('image.png')
  })

  test('that are too large are refused without reading on', async () => {
    await expect(load(Buffer.alloc(maxBytes + 1))).rejects.toEqual(refusal('media.too-large', 'the bytes'))
    const { stream, state } = endless()
    await expect(load({ data: stream, name: 'x' })).rejects.toEqual(
      refusal('media.too-large', "the stream 'x'"),
    )
    expect(stream.destroyed).toBe(true)
    expect(state.chunks).toBeLessThan(20)
    let cancelled = false
    const source = new ReadableStream({
      pull: c => c.enqueue(Buffer.alloc(100)),
      cancel() {
        cancelled = true
      },
    })
    await expect(load(source)).rejects.toEqual(refusal('media.too-large', 'the stream'))
    expect(cancelled).toBe(true)
  })

  test('that fail, are used up or yield no bytes are refused', async () => {
    const failing = new Readable({ read: () => failing.destroy(new Error('the disk is gone')) })
    await expect(load(failing)).rejects.toEqual(refusal('media.unreadable', 'the disk is gone'))
    const used = Readable.from([bytes])
    await load(used)
    await expect(load(used)).rejects.toEqual(refusal('media.unreadable', 'closed before'))
    const locked = web()
    locked.getReader()
    await expect(load(locked)).rejects.toEqual(refusal('media.unreadable', 'the stream'))
    await expect(load(Readable.from([{ a: 1 }]))).rejects.toEqual(refusal('media.unreadable', 'not bytes'))
  })

  test.each([undefined, null, 7, {}, { data: 'text', name: 'x' }, { data: bytes }])(
    'are not %j',
    async source => {
      await expect(load(source as unknown as MediaSource)).rejects.toEqual(
        refusal('media.unreadable', 'no path, URL'),
      )
    },
  )

  test('are given up when the signal says so', async () => {
    const gone = new AbortController()
    const stream = new Readable({ read() {} })
    const loading = load(stream, { signal: gone.signal })
    setImmediate(() => gone.abort(new Error('shut down')))
    await expect(loading).rejects.toThrow('shut down')
    expect(stream.destroyed).toBe(true)
    await expect(load(bytes, { signal: gone.signal })).rejects.toThrow('shut down')
  })
})

describe('addresses', () => {
  test('are downloaded, and named after their last part', async () => {
    handle = (_, response) => response.end(bytes)
    expect(await load(`${origin}/pictures/%E7%8C%AB%20cat.png?size=2#top`)).toEqual({
      bytes,
      name: '猫 cat.png',
    })
    expect(await load(new URL(`${origin}/100%25`))).toEqual({ bytes, name: '100%' })
    expect(await load(origin)).toEqual({ bytes, name: 'file' })
  })

  test('may hold credentials, which are not sent to another address that they redirect to', async () => {
    const seen: (string | undefined)[] = []
    handle = (request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/a') response.writeHead(302, { location: `${origin}/b` }).end()
      else response.end(bytes)
    }
    await load(`${origin.replace('//', '//ann:p%40ss@')}/a`)
    expect(seen).toEqual([`Basic ${Buffer.from('ann:p@ss').toString('base64')}`, undefined])
  })

  test('may redirect three times', async () => {
    handle = (request, response) => {
      const left = Number(request.url?.slice(1))
      if (left > 0) response.writeHead(301 + (left % 2), { location: `/${left - 1}` }).end('moved')
      else response.end(bytes)
    }
    expect((await load(`${origin}/3`)).bytes).toEqual(bytes)
    await expect(load(`${origin}/4`)).rejects.toEqual(
      refusal('media.download', 'redirects more than 3 times'),
    )
  })

  test.each(['file:///etc/passwd', 'javascript:1', 'http://'])('may not redirect to %s', async location => {
    handle = (_, response) => response.writeHead(307, { location }).end()
    await expect(load(origin)).rejects.toEqual(refusal('media.download', 'redirects to no http(s) address'))
  })

  test.each([
    [404, 'never'],
    [304, 'never'],
    [503, 'later'],
    [429, 'later'],
  ])('that answer %d are refused, to be tried again %s', async (status, retry) => {
    handle = (_, response) => response.writeHead(status).end()
    await expect(load(`${origin}/x?key=secret`)).rejects.toMatchObject({
      code: 'media.download',
      message: `Cannot download ${origin}/x: the server answers ${status}`,
      retry,
    })
  })

  test('are named without query or credentials when they fail', async () => {
    handle = (_, response) => response.destroy()
    const error = await load(`${origin.replace('//', '//user1:word2@')}/x?key=secret#f`).catch(
      thrown => thrown,
    )
    expect(error).toMatchObject({ code: 'media.download', retry: 'later' })
    expect(error.message).toContain(`${origin}/x: `)
    expect(error.message).not.toMatch(/user1|word2|secret/)
  })

  test('that announce too much are not read at all', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'content-length': maxBytes + 1 })
      response.write('x')
    }
    await expect(load(`${origin}/x`)).rejects.toEqual(refusal('media.too-large', `${origin}/x`))
  })

  test('that send more than allowed are cut off', async () => {
    let closed: (() => void) | undefined
    const isClosed = new Promise<void>(resolve => {
      closed = resolve
    })
    handle = (_, response) => {
      const { stream } = endless()
      response.on('close', () => {
        stream.destroy()
        closed?.()
      })
      stream.pipe(response)
    }
    await expect(load(`${origin}/x`)).rejects.toEqual(refusal('media.too-large', `${origin}/x`))
    await isClosed
  })

  test('that break off are refused', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'content-length': 10 })
      response.write('hello', () => response.destroy())
    }
    await expect(load(origin)).rejects.toEqual(refusal('media.download', 'Cannot download'))
  })

  test.each(['before', 'after'])('that fall silent %s the headers are given up in time', async when => {
    const clock = new ManualClock()
    const asked = new Promise<void>(resolve => {
      handle = (_, response) => {
        if (when === 'after') response.write('x')
        resolve()
      }
    })
    const loading = load(origin, { clock, timeoutMs: 600_000 })
    const refused = expect(loading).rejects.toEqual(refusal('media.download', 'it took longer than 10m'))
    await asked
    await clock.advance(600_000)
    await refused
  })

  test('are given up when the signal says so', async () => {
    const gone = new AbortController()
    handle = () => gone.abort(new Error('shut down'))
    await expect(load(origin, { signal: gone.signal })).rejects.toThrow('shut down')
  })

  test.each(['http://', 'https://[x'])('such as %j are refused', async source => {
    await expect(load(source)).rejects.toEqual(refusal('media.unreadable', 'no valid URL'))
  })

  test('of other protocols are refused, without telling what they hold', async () => {
    const error = await load(new URL('ftp://ann:pass@host/x')).catch(thrown => thrown)
    expect(error).toEqual(refusal('media.unreadable', 'the ftp: address'))
    expect(error.message).not.toContain('pass')
  })
})
