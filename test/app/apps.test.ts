import { expect, onTestFinished, test } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { send } from '../../src/app/send.ts'
import { silentLog } from '../../src/base/log.ts'
import { config } from '../e2e/beadle.ts'
import { APP, JMessage } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'

const SHOP = { appKey: 'beadle00e2e0shop00000001', masterSecret: 'beadle00e2e0shopsecret01' }
const WARDEN = { roles: { moderator: ['alice'] }, plugins: { warden: { words: ['nope'] } } }

test('apps of the embedded server are told of by callback, each to its own bots, and a command sends in the app of its bot', async () => {
  const port = await freePort()
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: `127.0.0.1:${port}`, sandbox: true },
      apps: { shop: SHOP },
    }),
    'bots/warden.yaml': { username: 'warden-bot', ...WARDEN },
    'bots/clerk.yaml': { app: 'shop', username: 'warden-bot', ...WARDEN },
  })
  const loaded = await loadConfig(`${here}/config.yaml`, { env: {} })
  const beadle = await startBeadle(loaded, silentLog)
  onTestFinished(() => beadle.close(0))
  const apps = [APP, SHOP].map(app => new JMessage(beadle.serverUrl!, app))
  const groups: number[] = []
  for (const jmessage of apps) {
    await jmessage.users('alice')
    groups.push(await jmessage.group('alice'))
  }
  const message = { from_id: 'alice', target_type: 'group', target_id: String(groups[1]), text: '/words' }
  await apps[1]!.must('POST', `/sandbox/apps/${SHOP.appKey}/messages`, message)
  const heard = () => apps[1]!.texts({ group: groups[1]! })
  await until('the bot of the shop answers', async () => (await heard()).length === 2)
  const to = { bot: 'clerk', group: [String(groups[1])], baseDir: here }
  for await (const _ of send(loaded, { text: 'open' }, to)) void _
  expect((await heard()).at(-1)).toBe('open')
  expect(await apps[0]!.texts({ group: groups[0]! })).toEqual([])
})
