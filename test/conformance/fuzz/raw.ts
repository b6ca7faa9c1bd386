import { connect, type Socket } from 'node:net'
import * as fc from 'fast-check'
import { systemClock } from '../../../src/base/clock.ts'
import type { Sent } from './requests.ts'

/** Bytes for a socket. */
export interface Raw {
  readonly bytes: Buffer
  /** Where to cut the bytes in two writes. */
  readonly cutAt: number
  /** Hangs up at once, as the bytes may promise more than they are. */
  readonly hangsUp: boolean
}

/** What a sender does to the form of a request, and whether it is whole afterwards. */
type Game = readonly [name: string, play: (head: string, body: Buffer) => Buffer, hangsUp?: true]

const joined = (head: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body])
const withLength = (head: string, body: Buffer): string => `${head}\r\ncontent-length: ${body.length}`
const chunk = (body: Buffer, size = body.length.toString(16)): Buffer =>
  Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n')])
const chunked = (head: string, ...chunks: readonly Buffer[]): Buffer =>
  joined(`${head}\r\ntransfer-encoding: chunked`, Buffer.concat(chunks))
const LAST = Buffer.from('0\r\n\r\n')
const adding =
  (line: string) =>
  (head: string, body: Buffer): Buffer =>
    joined(withLength(`${head}\r\n${line}`, body), body)
/** Says another length than the body has. */
const claiming =
  (length: (real: number) => unknown) =>
  (head: string, body: Buffer): Buffer =>
    joined(`${head}\r\ncontent-length: ${length(body.length)}`, body)

const GAMES: readonly Game[] = [
  ['as it is', (head, body) => joined(withLength(head, body), body)],
  ['in chunks', (head, body) => chunked(head, chunk(body), LAST)],
  ['in many chunks', (head, body) => chunked(head, ...bytewise(body).map(byte => chunk(byte)), LAST)],
  ['with trailers', (head, body) => chunked(head, chunk(body), Buffer.from('0\r\nx: y\r\n\r\n'))],
  ['chunk too long', (head, body) => chunked(head, chunk(body, 'ffff'), LAST), true],
  ['chunk far too long', (head, body) => chunked(head, chunk(body, 'f'.repeat(17)), LAST), true],
  ['chunk of nonsense', (head, body) => chunked(head, chunk(body, 'zz'), LAST), true],
  ['negative chunk', (head, body) => chunked(head, chunk(body, '-1'), LAST), true],
  ['no last chunk', (head, body) => chunked(head, chunk(body)), true],
  ['length too long', claiming(length => length + 10), true],
  ['length too short', claiming(length => Math.max(0, length - 1)), true],
  ['length far too long', claiming(() => 10 ** 15), true],
  ['length beyond numbers', claiming(() => '9'.repeat(40)), true],
  ['negative length', claiming(() => -1), true],
  ['length of nonsense', claiming(() => 'x'), true],
  ['length with a sign', claiming(length => `+${length}`), true],
  ['two lengths', (head, body) => claiming(length => length + 1)(withLength(head, body), body), true],
  ['length and chunks', (head, body) => chunked(withLength(head, body), chunk(body), LAST), true],
  ['unknown encoding', adding('transfer-encoding: gzip'), true],
  ['expecting', adding('expect: 100-continue')],
  ['expecting what is not', adding('expect: x')],
  ['upgrading', adding('connection: upgrade\r\nupgrade: websocket'), true],
  ['to HTTP/2', adding('connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: x'), true],
  ['folded header', adding('x-a: b\r\n c'), true],
  ['header without colon', adding('nonsense'), true],
  ['header with NUL', adding('x-a: \0'), true],
  ['header beyond Latin', adding('x-a: \u00ff\u00fe')],
  ['many headers', adding(Array.from({ length: 1500 }, (_, i) => `x-${i}: y`).join('\r\n')), true],
  ['long header', adding(`x-a: ${'y'.repeat(20_000)}`), true],
  ['two hosts', adding('host: evil.example'), true],
  ['bare newlines', (head, body) => Buffer.from(`${head.replaceAll('\r\n', '\n')}\n\n${body}`), true],
  ['no host', (head, body) => joined(withLength(head.replace(/\r\nhost: [^\r]*/, ''), body), body), true],
  ['empty host', (head, body) => joined(withLength(head.replace(/host: [^\r]*/, 'host:'), body), body), true],
  [
    'odd host',
    (head, body) => joined(withLength(head.replace(/host: [^\r]*/, 'host: a b/?#'), body), body),
    true,
  ],
  ['HTTP/1.0', (head, body) => joined(withLength(head.replace('HTTP/1.1', 'HTTP/1.0'), body), body)],
  ['HTTP/9.9', (head, body) => joined(head.replace('HTTP/1.1', 'HTTP/9.9'), body), true],
  ['no version', (head, body) => joined(head.replace(' HTTP/1.1', ''), body), true],
  ['whole address', (head, body) => joined(withLength(head.replace(' /', ' http://x:99999/'), body), body)],
  ['asterisk', (head, body) => joined(withLength(head.replace(/ \S* HTTP/, ' * HTTP'), body), body)],
  ['a tunnel', (head, body) => joined(head.replace(/^\S+ \S*/, 'CONNECT x:1'), body), true],
  ['encrypted', () => Buffer.from('16030100a5010000a10303', 'hex'), true],
  ['HTTP/2', () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), true],
  [
    'twice',
    (head, body) =>
      Buffer.concat([joined(withLength(head, body), body), joined(withLength(head, body), body)]),
  ],
  ['cut', (head, body) => cut(joined(withLength(head, body), body)), true],
]

const bytewise = (body: Buffer): Buffer[] => Array.from(body.subarray(0, 200), byte => Buffer.of(byte))
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length * 0.7))

/** A request in the form it has on a socket, or in one that breaks it. */
export const anyRaw = (sent: fc.Arbitrary<Sent>): fc.Arbitrary<Raw & { readonly game: string }> =>
  fc
    .record({
      sent,
      game: fc.oneof(
        { weight: 1, arbitrary: fc.constant(GAMES[0]!) },
        { weight: 4, arbitrary: fc.constantFrom(...GAMES) },
      ),
      cutAt: fc.nat(400),
      isImpatient: fc.nat(9).map(n => n === 0),
    })
    .map(({ sent, game: [game, play, hangsUp = false], cutAt, isImpatient }) => ({
      game,
      bytes: play(headOf(sent), sent.body ?? Buffer.alloc(0)),
      cutAt,
      hangsUp: hangsUp || isImpatient,
    }))

/** A name that the bytes come with already would be there twice. */
const OWN = /^(host|content-length|connection)$/i

function headOf({ method, target, headers }: Sent): string {
  const lines = headers.filter(([name]) => !OWN.test(name)).map(([name, value]) => `\r\n${name}: ${value}`)
  return `${method} ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close${lines.join('')}`
}

/** Longer than any answer takes: the sender then hangs up. */
const PATIENCE_MS = 1000
const LONGEST_MS = 30_000

/** What a server says to bytes before it hangs up; undefined when it never does. */
export function said(port: number, { bytes, cutAt, hangsUp }: Raw): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    const chunks: Buffer[] = []
    const hangUp = systemClock.after(PATIENCE_MS, () => socket.end())
    const giveUp = systemClock.after(LONGEST_MS, () => {
      socket.destroy()
      resolve(undefined)
    })
    // That the other side is gone is an answer too.
    socket.on('error', () => {})
    socket.on('data', chunk => {
      chunks.push(chunk)
      // Streams of events go on for ever.
      if (chunk.includes('text/event-stream')) socket.destroy()
    })
    socket.on('close', () => {
      hangUp()
      giveUp()
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
    write(socket, bytes.subarray(0, cutAt), () =>
      write(socket, bytes.subarray(cutAt), () => {
        if (hangsUp) socket.end()
      }),
    )
  })
}

const write = (socket: Socket, bytes: Buffer, then: () => void): void => void socket.write(bytes, then)

/** What is wrong with what a server said, or undefined. */
export function wrongWith(text: string | undefined): string | undefined {
  if (text === undefined) return 'no end'
  if (text === '') return undefined
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(match => Number(match[1]))
  if (statuses.length === 0) return `no HTTP: ${text.slice(0, 200)}`
  const worst = Math.max(...statuses)
  if (worst >= 500) return text.slice(0, 500)
  if (/secret\d|scrypt|node_modules/.test(text) && !/openapi|<!doctype/i.test(text))
    return `says too much: ${text}`
  return undefined
}
