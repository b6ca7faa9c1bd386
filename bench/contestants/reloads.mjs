// `beadle dev` on a small project whose plugin of two files is saved again and again; each save has to take effect.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Dev } from '../../dist/app/dev/dev.js'
import { KnownSecrets } from '../../dist/app/hide-secrets.js'
import { silentLog } from '../../dist/base/log.js'

const COUNT = Number(process.env.COUNT ?? 1000)
const ISOLATION = process.env.ISOLATION ?? 'none'
/** What is loaded and compiled once has its time before the memory is looked at. */
const WARM_UP = Math.min(50, COUNT)
/** A save that has no effect by then has failed. */
const PATIENCE_MS = 20_000

const folder = mkdtempSync(join(tmpdir(), 'beadle-reloads-'))
const write = (name, text) => {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}
const freePort = () =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const [port, imPort] = [await freePort(), await freePort()]
write(
  'config.yaml',
  `jmessage: { appKey: ${process.env.APP_KEY}, masterSecret: ${process.env.MASTER_SECRET} }
listen: 127.0.0.1:${port}
server: { listen: '127.0.0.1:${imPort}', sandbox: true, town: true }
`,
)
write('bots/bench.yaml', `username: bench-bot\nisolation: ${ISOLATION}\nplugins: { bench: {} }\n`)
write(
  'plugins/bench/index.ts',
  `import { definePlugin, z } from 'beadle'
import { words, type Word } from './words.ts'

export default definePlugin({
  name: 'bench',
  config: z.strictObject({ greeting: z.string().default('Hello') }),
  setup(ctx, { greeting }) {
    const said: Word[] = []
    ctx.on('message.text', (message, next) => next())
    ctx.command(\`\${words[0]} [name]\`, 'Greets', ({ args }) => \`\${greeting}, \${args.name ?? said.length}\`)
    ctx.webhook('ring', { auth: 'none' }, ({ bot }) => bot.group(10000001).text(words[0]))
    ctx.cron('0 9 * * *', { name: 'nine' }, ({ bot }) => bot.group(10000001).text(words[0]))
    ctx.effect(() => () => said.splice(0))
  },
})
`,
)
const save = n =>
  write('plugins/bench/words.ts', `export type Word = string\nexport const words: Word[] = ['word${n}']\n`)
save(0)

let told = () => {}
let beadle
const dev = await Dev.open(
  {
    path: join(folder, 'config.yaml'),
    start: {},
    secrets: new KnownSecrets([]),
    makeLog: async () => silentLog,
    screen: {
      started: running => {
        beadle = running
        told()
      },
      waits: troubles => {
        throw new Error(troubles[0].message)
      },
      reloaded: outcome => told(outcome),
    },
  },
  silentLog,
)
const next = () =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('a save had no effect')), PATIENCE_MS)
    told = outcome => {
      clearTimeout(late)
      resolve(outcome)
    }
  })
const started = next()
void dev.run()
await started

const instance = () => beadle.runtime.host.instance('bench', 'bench')
const commands = () => instance().commands.all.map(({ pattern }) => pattern.name)

/** Saves, and waits for the effect: ms from the one to the other. */
async function reload(n) {
  const reloaded = next()
  const savedAt = performance.now()
  save(n)
  const { troubles } = await reloaded
  const ms = performance.now() - savedAt
  if (troubles.length > 0) throw new Error(troubles[0].message)
  if (commands()[0] !== `word${n}`) throw new Error(`the save ${n} has no effect: ${commands()}`)
  return ms
}

async function heap() {
  await sleep(200)
  for (let times = 0; times < 3; times++) globalThis.gc()
  return process.memoryUsage().heapUsed
}

for (let n = 1; n <= WARM_UP; n++) await reload(n)
const before = { heap: await heap(), rss: process.memoryUsage.rss() }
const times = []
for (let n = 1; n <= COUNT; n++) times.push(await reload(WARM_UP + n))
const after = { heap: await heap(), rss: process.memoryUsage.rss() }
const { runtime } = beadle
const figures = {
  times,
  heapMb: (after.heap - before.heap) / 1e6,
  rssMb: (after.rss - before.rss) / 1e6,
  left: {
    commands: commands().length,
    listeners: ISOLATION === 'none' ? instance().listening.wanted.length : undefined,
    webhooks: runtime.webhooks.paths.filter(path => path.startsWith('/hooks/bench/bench/')).length,
    schedules: runtime.schedules.all.filter(({ plugin }) => plugin === 'bench').length,
  },
}
await dev.close()
process.send({ type: 'reloads', figures })
