import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { read, root } from '../docs/markdown.ts'
import { hook } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'
import { ownServer } from '../postgres/own-server.ts'
import { compose, healthCheck, nodesOf } from './files.ts'
import { askedBy } from './promql.ts'

const { services } = compose()
const environment = nodesOf(compose())[0]![1].environment!
const TOKEN = { authorization: `Bearer ${environment.DEPLOY_TOKEN}` }

const { database } = ownServer()

/** The IM server of compose.yaml, with the group of the bot. */
async function startIm(): Promise<JMessage> {
  const port = await freePort()
  const flags = services.im!.command!.filter(flag => !/^--(listen|database|callback)\b/.test(flag))
  const own = [`--listen=127.0.0.1:${port}`, `--database=${await database()}`]
  const program = await Program.start([...flags, ...own])
  await program.says(/http/)
  const { JMESSAGE_APP_KEY: appKey = '', JMESSAGE_MASTER_SECRET: masterSecret = '' } = environment
  const im = new JMessage(`http://127.0.0.1:${port}`, { appKey, masterSecret })
  await im.users('alice')
  expect(await im.group('alice')).toBe(Number(environment.DEPLOY_GROUP))
  return im
}

/** What an image of the Dockerfile runs, in the environment that compose.yaml gives it, at ports of its own. */
async function startNode(places: { readonly im: JMessage; readonly database: string }) {
  const listen = `127.0.0.1:${await freePort()}`
  const env = {
    ...{ ...environment, JMESSAGE_ENDPOINT: places.im.url, BEADLE_DATABASE: places.database },
    ...{ NODE_ENV: 'production', BEADLE_LISTEN: listen, BEADLE_PLUGINS: join(root, 'plugins') },
    BEADLE_DATA: folder(),
  }
  const program = await Program.start(['start'], { cwd: join(root, 'deploy/config'), env })
  await program.says(/Ready\./)
  return { program, env, url: `http://${listen}` }
}

/** Runs the health check of the image as the engine does, and resolves with its code. */
async function check(env: Readonly<Record<string, string>>): Promise<number> {
  const [command, ...args] = healthCheck()
  expect(command).toBe('node')
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return (await once(child, 'exit'))[0]
}

test('two nodes on one PostgreSQL start, are found healthy, serve the webhook, and end', async () => {
  const places = { im: await startIm(), database: await database() }
  const nodes = [await startNode(places), await startNode(places)]
  for (const { env, url } of nodes) {
    expect(await check(env)).toBe(0)
    expect((await fetch(`${url}/readyz?exclude=jmessage`)).status).toBe(200)
    const answer = await hook(url, 'herald/announce/deploy', { service: 'api', version: url }, TOKEN)
    expect(answer.status).toBe(202)
  }
  const group = Number(environment.DEPLOY_GROUP)
  await until('both are posted', async () => (await places.im.texts({ group })).length === 2)
  for (const { program } of nodes) expect(await program.stop()).toMatchObject({ code: 0 })
  expect(await check(nodes[0]!.env)).toBe(1)
})

/** Metrics with the labels that they have: as answered, and else as documented. */
async function metricsOf(url: string): Promise<Map<string, Set<string>>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const metrics = new Map<string, Set<string>>([['up', new Set()]])
  const labels = new Map(
    [...read('docs/operations.md').matchAll(/^\| `(beadle_\w+)`\s*\| \w+\s*\|([^|]*)\|/gm)].map(match => [
      match[1]!,
      [...match[2]!.matchAll(/\w+/g)].map(String),
    ]),
  )
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)/gm)) {
    const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map(end => name + end) : [name]
    for (const each of names) metrics.set(each, new Set(labels.get(name)))
  }
  for (const [, name = '', inside = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const found = [...inside.matchAll(/(\w+)="/g)].map(match => match[1]!)
    metrics.set(name, new Set([...(metrics.get(name) ?? []), ...found]))
  }
  return metrics
}

/** Everything that the dashboard and the alerts ask. */
function expressions(): string[] {
  const { panels } = JSON.parse(read('deploy/grafana/beadle.json'))
  const { groups } = parse(read('deploy/prometheus/alerts.yaml'))
  return [
    ...panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    ),
    ...groups.flatMap(({ rules }: { rules: { expr: string }[] }) => rules.map(({ expr }) => expr)),
  ]
}

test('a node answers every metric that the dashboard and the alerts ask for, with its labels', async () => {
  const im = await startIm()
  const { url } = await startNode({ im, database: await database() })
  await hook(url, 'herald/announce/deploy', { service: 'api', version: 1 }, TOKEN)
  await until(
    'it is posted',
    async () => (await im.texts({ group: Number(environment.DEPLOY_GROUP) })).length === 1,
  )
  const metrics = await metricsOf(url)
  const asked = expressions().map(askedBy)
  expect(asked.length).toBeGreaterThan(40)
  for (const { metrics: names, labels } of asked) {
    const known = new Set(['job', 'instance', ...[...names].flatMap(name => [...(metrics.get(name) ?? [])])])
    expect([...names].filter(name => !metrics.has(name))).toEqual([])
    expect([...labels].filter(label => !known.has(label))).toEqual([])
  }
})
