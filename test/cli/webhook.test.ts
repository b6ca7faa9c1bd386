import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { silentLog } from '../../src/base/log.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { typed } from './typed.ts'

const SECRET = 'a-secret-of-the-bell'
const BELL = `
import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'bell',
  setup(ctx) {
    const Ring = z.object({ times: z.coerce.number().max(10) })
    ctx.webhook('ring', { auth: { type: 'hmac-sha256', secret: '${SECRET}' }, body: Ring }, ({ body, bot }) =>
      bot.group(10000001).text('ding '.repeat(body.times).trim()))
    ctx.webhook('ask', { auth: { type: 'bearer', token: '${SECRET}' }, wait: '10s' }, () => ({ rung: true }))
  },
})
`

async function tower(isUp = true) {
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${await freePort()}`,
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
    }),
    'plugins/bell.ts': BELL,
    'bots/ringer.yaml': { username: 'ringer-bot', plugins: { bell: null } },
  })
  const webhook = (...args: string[]) => typed(['webhook', ...args], { cwd: here })
  if (!isUp) return { here, webhook, texts: async () => [] as string[] }
  const beadle = await startBeadle(await loadConfig(join(here, 'config.yaml'), { env: {} }), silentLog)
  onTestFinished(() => beadle.close(0))
  const jmessage = new JMessage(beadle.serverUrl!)
  return { here, webhook, texts: () => jmessage.texts({ group: 10000001 }) }
}

test('webhooks are listed, whether Beadle runs or not, and without their secrets', async () => {
  const { webhook } = await tower(false)
  const { code, stdout } = await webhook('list')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^WEBHOOK +AUTH +URL\nringer\/bell\/ask +bearer +http:\/\/127\.0\.0\.1:\d+\/hooks\/ringer\/bell\/ask\n/,
  )
  const json = await webhook('list', '--json', '--curl')
  expect(JSON.parse(json.stdout)).toMatchObject({
    webhooks: [{ name: 'ask' }, { name: 'ring', auth: 'hmac-sha256' }],
  })
  const curl = await webhook('list', '--curl')
  expect(curl.stdout).toMatch(/# ringer\/bell\/ring\n[\s\S]*curl/)
  expect(stdout + json.stdout + curl.stdout).not.toContain(SECRET)
})

test('a webhook is called as its sender would, signed, by the end of its name', async () => {
  const { here, webhook, texts } = await tower()
  const { code, stdout } = await webhook('send', 'ring', '--data', '{"times": 2}')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^202 \{"event_id":"\w{26}"\}\n$/)])
  await vi.waitFor(async () => expect(await texts()).toEqual(['ding ding']), 10_000)
  expect((await webhook('send', 'bell/ring', '--form', 'times=3')).stdout).toMatch(/^202 /)
  write(join(here, 'ring.json'), '{"times": 1}')
  expect((await webhook('send', 'hooks/ringer/bell/ring', '--file', 'ring.json')).stdout).toMatch(/^202 /)
  await vi.waitFor(
    async () => expect((await texts()).sort()).toEqual(['ding', 'ding ding', 'ding ding ding']),
    10_000,
  )
  const asked = await webhook('send', 'ask', '--json')
  expect(JSON.parse(asked.stdout)).toMatchObject({ status: 200, body: { rung: true } })
})

test('what is refused, or cannot be, is told', async () => {
  const { webhook } = await tower()
  const unsigned = await webhook('send', 'ring', '--data', '{"times": 2}', '--no-auth')
  expect([unsigned.code, unsigned.stdout]).toEqual([1, expect.stringMatching(/^401 .*"webhook\.missing"/)])
  const many = await webhook('send', 'ring', '--data', '{"times": 20}')
  expect([many.code, many.stdout]).toEqual([1, expect.stringMatching(/^400 .*times/)])
  expect((await webhook('send', 'rong')).stderr).toContain(
    'there is no webhook rong\n        Did you mean ring?',
  )
  expect((await webhook('send', 'ring', '--data', '{times}')).stderr).toContain('--data: is no JSON')
  expect((await webhook('send', 'ring', '--header', 'x')).stderr).toContain('--header x: must be name: value')
  expect((await webhook('send', 'ring', '--file', 'no.json')).stderr).toContain(
    '--file no.json: cannot be read (ENOENT)',
  )
  const away = await webhook('send', 'ask', '--url', `http://127.0.0.1:${await freePort()}`)
  expect([away.code, away.stderr]).toEqual([1, expect.stringMatching(/does not answer\n +Does Beadle run\?/)])
})
