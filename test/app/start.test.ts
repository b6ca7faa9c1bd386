import { expect, onTestFinished, test } from 'vitest'
import { type Beadle, type StartOptions, startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { silentLog } from '../../src/base/log.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'

const WARDEN = {
  username: 'warden-bot',
  roles: { moderator: ['alice'] },
  plugins: { warden: { words: ['nope'] } },
}

/** A Beadle in this process, with its own server and a town, on ports that the machine chooses. */
async function start(more: object = {}, options: StartOptions = {}): Promise<Beadle> {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
      ...more,
    }),
    'bots/warden.yaml': WARDEN,
  })
  const loaded = await loadConfig(`${here}/config.yaml`, { env: {} })
  const beadle = await startBeadle(loaded, silentLog, options)
  onTestFinished(() => beadle.close(0))
  return beadle
}

test('on ports that the machine chooses, bots hear what is said', async () => {
  const beadle = await start()
  const jmessage = new JMessage(beadle.serverUrl!)
  const group = 10000001
  await jmessage.say('alice', { group }, '/words')
  await until('the warden answers', async () => (await jmessage.texts({ group })).length === 2)
  expect(beadle.townBuilt).toBe(true)
})

test('health tells that it lives and can do its work', async () => {
  const { url } = await start()
  const healthz = await fetch(`${url}/healthz`)
  expect([healthz.status, await healthz.json()]).toEqual([200, { status: 'ok' }])
  const readyz = await fetch(`${url}/readyz`)
  expect([readyz.status, await readyz.json()]).toEqual([
    200,
    {
      status: 'ready',
      checks: { open: 'ok', database: 'ok', jmessage: 'ok', queue: 'ok' },
      warnings: expect.any(Array),
      waiting: 0,
      configuration: { hash: expect.stringMatching(/^[0-9a-f]{12}$/), loadedAt: expect.any(String) },
    },
  ])
})

test('a closed Beadle answers nobody, and can be closed again', async () => {
  const beadle = await start()
  await beadle.close()
  await expect(fetch(`${beadle.url}/healthz`)).rejects.toThrow()
  await expect(fetch(`${beadle.serverUrl}/v1/users/alice`)).rejects.toThrow()
  await beadle.close()
})

test('a start that fails leaves no port taken', async () => {
  const beadle = await start()
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: new URL(beadle.serverUrl!).host },
    }),
    'bots/warden.yaml': WARDEN,
  })
  const loaded = await loadConfig(`${here}/config.yaml`, { env: {} })
  await expect(startBeadle(loaded, silentLog)).rejects.toThrow('the embedded IM server cannot start')
})

test('a PostgreSQL that is not there is told of in words', async () => {
  const started = start({ database: 'postgres://me:hush@127.0.0.1:1/beadle' }, { databaseWaitMs: 0 })
  await expect(started).rejects.toMatchObject({
    code: 'store.unreachable',
    message: expect.stringMatching(/^database postgres:\/\/me@127\.0\.0\.1:1\/beadle: connect ECONNREFUSED/),
  })
})
