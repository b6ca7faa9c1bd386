import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { type Beadle, startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { silentLog } from '../../src/base/log.ts'
import { config, hook } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder, write } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'

/** A plugin that says what a webhook is given, and fails where it is told to. */
export const poster = (greeting: string): string => `
import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'poster',
  setup(ctx) {
    ctx.webhook('post', { auth: 'none', dedupe: 'off' }, async ({ bot, body }) => {
      const { text, gid = 10000001, fail } = body as { text: string; gid?: number; fail?: boolean }
      await bot.group(gid).text('${greeting} ' + text)
      if (fail) throw new Error('a mistake')
    })
  },
})
`

/** A folder with one bot and its plugin, and a Beadle of it in this process, with its own server and a town. */
export async function postHouse(greeting = 'hello') {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
      limits: { attempts: 1 },
    }),
    'plugins/poster/index.ts': poster(greeting),
    'bots/porter.yaml': { username: 'porter-bot', plugins: { poster: null } },
  })
  const path = join(here, 'config.yaml')
  const start = async (): Promise<Beadle> => {
    const beadle = await startBeadle(await loadConfig(path, { env: {} }), silentLog)
    onTestFinished(() => beadle.close(0))
    return beadle
  }
  const beadle = await start()
  const jmessage = new JMessage(beadle.serverUrl!)
  return {
    ...{ here, path, beadle, start },
    texts: () => jmessage.texts({ group: 10000001 }),
    /** Calls the webhook; resolves with the id of the event once it is handled. */
    async post(body: object, { url, runtime }: Beadle = beadle): Promise<string> {
      const { body: answer } = await hook(url, 'porter/poster/post', body)
      await until('the event is handled', () => runtime.waiting === 0)
      return answer.event_id
    },
    rewrite: (code: string) => write(join(here, 'plugins/poster/index.ts'), code),
  }
}

/** What a command printed, and the exit code that it set. */
export async function printed(command: () => Promise<unknown>): Promise<{ out: string; code: unknown }> {
  let out = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    out += text
    return true
  })
  const before = process.exitCode
  process.exitCode = undefined
  try {
    await command()
    return { out, code: process.exitCode ?? 0 }
  } finally {
    spy.mockRestore()
    process.exitCode = before
  }
}
