import { describe, expect, test } from 'vitest'
import { config, hook, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'

/** Tells its settings to everybody who asks, and in every error. */
const GOSSIP = `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'gossip',
  config: z.object({
    greeting: z.string(),
    token: z.string(),
    page: z.string(),
    when: z.string().refine(value => value !== 'x').superRefine((value, context) => {
      if (value.startsWith('bad')) context.addIssue({ code: 'custom', message: 'must not be ' + value })
    }),
    silent: z.boolean().default(true),
  }),
  setup(ctx, settings) {
    if (!settings.silent) throw new Error('I know ' + Object.values(settings).join(' and '))
    ctx.webhook('tell', { auth: 'none' }, () => {
      ctx.log.info({ settings }, 'I know ' + Object.values(settings).join(' and '))
      throw new Error('I know ' + Object.values(settings).join(' and '))
    })
    ctx.cron('0 9 * * *', { name: settings.greeting }, () => {})
  },
})
`

async function home(more: { when?: string; silent?: boolean } = {}) {
  const { when = 'fine', silent = true } = more
  const [port, imPort] = [await freePort(), await freePort()]
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      server: { listen: `127.0.0.1:${imPort}` },
      jmessage: { appKey: 'beadle00canaryapp0000001', masterSecret: 'beadle00canarysecret0001' },
    }),
    'bots/gossip.yaml': `username: gossip-bot
plugins:
  gossip:
    greeting: \${file:../secrets/greeting}
    token: \${TOKEN}
    page: https://me:canary-in-an-address@example.com/\${API_KEY}/page
    when: ${when}
    silent: ${silent}
`,
    'plugins/gossip.ts': GOSSIP,
    'secrets/greeting': 'canary-in-a-file\n',
    'secrets/when': 'bad-canary-in-a-file\n',
  })
  return { here, url: `http://127.0.0.1:${port}` }
}

const env = { TOKEN: 'canary-in-a-variable', API_KEY: 'canary-in-a-piece' }
const FROM_FILE = `\${file:../secrets/when}`
const CANARY = /canary-in|beadle00canarysecret0001/

describe('no secret is said', () => {
  test.each([
    [['check']],
    [['check', '--explain']],
    [['check', '--explain', '--json']],
    [['config', 'get', '--bot', 'gossip']],
    [['config', 'get']],
    [['doctor', '--offline']],
    [['doctor', '--json']],
    [['events', 'list']],
    [['dead', 'list']],
    [['schema']],
  ])('by %s', async args => {
    const { here } = await home()
    const { stdout, stderr } = await run(args, { cwd: here, env })
    expect(stdout + stderr).not.toMatch(CANARY)
    expect(stdout + stderr).not.toBe('')
  })

  test.each([[['start']], [['check', '--explain']], [['doctor']]])(
    'by %s of a plugin that tells its settings while it is set up',
    async args => {
      const { here } = await home({ silent: false })
      const { code, stdout, stderr } = await run(args, { cwd: here, env })
      expect(stdout + stderr).toContain('I know')
      expect(stdout + stderr).not.toMatch(CANARY)
      expect(code).toBe(1)
    },
  )

  test.each([['start'], ['check'], ['doctor']])('by %s of a value that is refused', async command => {
    const { here } = await home({ when: FROM_FILE })
    const { code, stdout, stderr } = await run([command], { cwd: here, env })
    expect(stdout + stderr).toContain('plugins.gossip.when: must not be ••••')
    expect(stdout + stderr).not.toMatch(CANARY)
    expect(code).toBe(1)
  })

  test('by the log of a plugin that tells them', async () => {
    const { here, url } = await home()
    const beadle = await startBeadle(here, { env })
    await hook(url, 'gossip/gossip/tell', {})
    await until('it is set aside or tried again', () => /I know[\s\S]*I know/.test(beadle.stderr))
    await beadle.stop()
    expect(beadle.output).not.toMatch(CANARY)
  })
})
