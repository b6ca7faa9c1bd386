import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import type { MessageRecord } from '../../src/protocol/index.ts'
import { config, hook, startBeadle } from './beadle.ts'
import { JMessage, startServer } from './jmessage.ts'
import { folder, freePort, write } from './places.ts'
import { Recorder } from './recorder.ts'
import { png, wav } from './samples.ts'
import { until } from './until.ts'

/** Sends what a webhook names: a path, a URL, or bytes with a name. */
const SHOWMAN = `import { definePlugin, z } from 'beadle'
const body = z.object({
  kind: z.enum(['image', 'voice', 'file']),
  source: z.union([z.string(), z.object({ base64: z.string(), name: z.string().optional() })]),
})
export default definePlugin({
  name: 'showman',
  config: z.strictObject({ group: z.number() }),
  setup(ctx, { group }) {
    ctx.webhook('show', { auth: 'none', body, conversation: () => 'one' }, async ({ body, bot }) => {
      const { kind, source } = body
      if (typeof source === 'string') return bot.group(group)[kind](source)
      const data = Buffer.from(source.base64, 'base64')
      await bot.group(group)[kind](source.name ? { data, name: source.name } : data)
    })
  },
})
`

/** A Beadle whose showman shows what webhooks name, and what is asked of its server. */
async function home() {
  const port = await freePort()
  const serverPort = await freePort()
  await startServer({ port: serverPort, data: `${folder()}/im` })
  const direct = new JMessage(`http://127.0.0.1:${serverPort}`)
  const recorder = await Recorder.start(direct.url)
  await direct.users('alice', 'bobby')
  const group = await direct.group('alice', 'bobby')
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: { endpoint: recorder.url, inbound: 'none' },
    }),
    'bots/porter.yaml': { username: 'porter-bot', plugins: { showman: { group } } },
    'plugins/showman.js': SHOWMAN,
  })
  const show = async (kind: string, source: unknown) =>
    expect(await hook(`http://127.0.0.1:${port}`, 'porter/showman/show', { kind, source })).toMatchObject({
      status: 202,
    })
  /** What the group was shown, when it is so much. */
  const shown = (count: number): Promise<MessageRecord[]> =>
    until(`${count} messages are there`, async () => {
      const all = await direct.history({ group })
      return all.length >= count && all
    })
  return { here, jmessage: direct, group, show, shown, uploads: () => recorder.count('POST /v1/resource') }
}

/** Hands bytes out over HTTP. */
async function hostOf(bytes: Buffer): Promise<string> {
  const server = createServer((_, answer) => answer.end(bytes))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What comes from the address that JMessage gives for a message. */
async function download(jmessage: JMessage, { msg_body }: MessageRecord): Promise<Buffer> {
  const query = new URLSearchParams({ mediaId: String(msg_body.media_id) })
  const { url } = await jmessage.must('GET', `/v1/resource?${query}`)
  const response = await fetch(url)
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

test('a picture is uploaded once, wherever it comes from, and arrives byte for byte', async () => {
  const { here, jmessage, show, shown, uploads } = await home()
  const bytes = png(31, 17, 90)
  write(`${here}/pictures/grey.png`, bytes)
  let beadle = await startBeadle(here)
  await show('image', 'pictures/grey.png')
  await show('image', { base64: bytes.toString('base64') })
  await show('image', `${await hostOf(bytes)}/somewhere/grey.png?size=big`)
  await shown(3)
  await beadle.stop()
  beadle = await startBeadle(here)
  await show('image', `${here}/pictures/grey.png`)
  const messages = await shown(4)

  expect(uploads()).toBe(1)
  const { media_id } = messages[0]!.msg_body
  for (const message of messages) {
    expect(message).toMatchObject({
      from_id: 'porter-bot',
      msg_type: 'image',
      msg_body: {
        media_id,
        width: 31,
        height: 17,
        format: 'png',
        fsize: bytes.length,
        media_crc32: crc32(bytes),
      },
    })
  }
  expect((await download(jmessage, messages[3]!)).equals(bytes)).toBe(true)
})

test('a voice clip is uploaded once, wherever it comes from, and arrives byte for byte', async () => {
  const { here, jmessage, show, shown, uploads } = await home()
  const bytes = wav(2.4, 440)
  write(`${here}/clips/tone.wav`, bytes)
  await startBeadle(here)
  await show('voice', 'clips/tone.wav')
  await show('voice', { base64: bytes.toString('base64'), name: 'tone.wav' })
  await show('voice', `${await hostOf(bytes)}/tone.wav`)
  const messages = await shown(3)

  expect(uploads()).toBe(1)
  for (const message of messages) {
    expect(message).toMatchObject({
      msg_type: 'voice',
      msg_body: { duration: 3, format: 'wav', fsize: bytes.length, media_crc32: crc32(bytes) },
    })
    expect((await download(jmessage, message)).equals(bytes)).toBe(true)
  }
})

test('a file of any content arrives byte for byte, with its name', async () => {
  const { here, jmessage, show, shown, uploads } = await home()
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251))
  await startBeadle(here)
  await show('file', { base64: bytes.toString('base64'), name: '报告 2024.bin' })
  await show('file', { base64: bytes.subarray(1).toString('base64'), name: 'other.bin' })
  const messages = await shown(2)
  expect(uploads()).toBe(2)
  expect(messages[0]).toMatchObject({
    msg_type: 'file',
    msg_body: { fname: '报告 2024.bin', fsize: 300_000, media_crc32: crc32(bytes) },
  })
  expect((await download(jmessage, messages[0]!)).equals(bytes)).toBe(true)
  expect((await download(jmessage, messages[1]!)).equals(bytes.subarray(1))).toBe(true)
})

test('what is no picture, or not there, is told in the log, and the rest goes on', async () => {
  const { here, show, shown, uploads } = await home()
  write(`${here}/pictures/note.png`, 'this is a text')
  const beadle = await startBeadle(here)
  await show('image', 'pictures/note.png')
  await show('image', 'pictures/none.png')
  await show('image', `${await hostOf(Buffer.from('<html>not found</html>'))}/page.png`)
  await show('image', { base64: png(2, 2, 1).toString('base64') })
  expect(await shown(1)).toMatchObject([{ msg_body: { width: 2, height: 2 } }])
  expect(uploads()).toBe(1)
  expect(beadle.stderr).toContain('note.png is not a picture that JMessage takes')
  expect(beadle.stderr).toContain("There is no such file: the file 'pictures/none.png'")
  expect(beadle.stderr).toContain('page.png is not a picture that JMessage takes')
  expect(beadle.stderr.match(/"set aside: trying again cannot help"/g)).toHaveLength(3)
})
