import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Program } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'
import { startPostgres } from '../postgres/start.ts'
import { buildFleetTown, type FleetTown } from './fleet-town.ts'

/** SECONDS=… makes a run longer. */
const seconds = Number(process.env.SECONDS ?? 12)
const NODES = 3
/** A node that was killed is started again after a while. */
const KILL_EVERY_MS = 4000
const DOWN_MS = 2500

/** Kills a node every few seconds, and restarts PostgreSQL twice. */
async function harm(town: FleetTown, nodes: Program[], restart: () => Promise<void>): Promise<string> {
  const end = performance.now() + seconds * 1000
  const restarts = [1 / 3, 2 / 3].map(part => performance.now() + part * seconds * 1000)
  let kills = 0
  for (let turn = 0; performance.now() < end; turn++) {
    await sleep(KILL_EVERY_MS - DOWN_MS)
    const node = turn % NODES
    await nodes[node]!.kill()
    kills++
    if (performance.now() > (restarts[0] ?? Number.POSITIVE_INFINITY)) {
      restarts.shift()
      await restart()
    }
    await sleep(DOWN_MS)
    nodes[node] = await town.start(node)
  }
  return `${kills} kills`
}

interface Verdict {
  lost: string[]
  twice: string[]
  disordered: string[]
  ticks: string[]
}

/** What the group was told, against what was taken. */
async function judge({ jmessage, group, load }: FleetTown): Promise<Verdict> {
  const texts = await jmessage.texts({ group })
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  const due = [
    ...[...load.alone].map(n => `alone ${n}`),
    ...[...load.alone].filter(n => n % 3 === 0).map(n => `later ${n}`),
    ...[...load.lines].flatMap(([line, count]) =>
      Array.from({ length: count }, (_, index) => `line ${line} ${index + 1}`),
    ),
    ...load.said.map(n => `heard ${n}`),
  ]
  const disordered: string[] = []
  for (const line of load.lines.keys()) {
    const numbers = texts
      .filter(text => text.startsWith(`line ${line} `))
      .map(text => Number(text.split(' ')[2]))
    for (const [index, n] of numbers.entries()) if (n !== index + 1) disordered.push(`line ${line} ${n}`)
  }
  const heard = texts.filter(text => text.startsWith('heard ')).map(text => Number(text.slice(6)))
  for (const [index, n] of heard.entries())
    if (index > 0 && n < heard[index - 1]!) disordered.push(`heard ${n}`)
  const ticks = texts.filter(text => text.startsWith('tick ')).map(text => Number(text.slice(5)))
  const missed: string[] = []
  for (let at = Math.min(...ticks); at <= Math.max(...ticks); at += 2000)
    if (!ticks.includes(at)) missed.push(`tick ${at}`)
  return {
    lost: due.filter(text => !counts.has(text)),
    twice: [...counts]
      .filter(([text, count]) => count > 1 && text !== '')
      .map(([text, count]) => `${text}: ${count}`),
    disordered,
    ticks: missed,
  }
}

test('three nodes that are killed in turn lose nothing, say nothing twice, and keep the order', {
  timeout: 300_000 + seconds * 3000,
}, async () => {
  const postgres = await startPostgres(['fsync=on'])
  onTestFinished(() => postgres.stop())
  const town = await buildFleetTown(postgres)
  const nodes = await Promise.all(Array.from({ length: NODES }, (_, node) => town.start(node)))
  for (const node of nodes) await node.says(/Ready\./)
  town.load.start()
  const harmed = await harm(town, nodes, () => postgres.restart())
  for (const node of nodes) await node.says(/Ready\./)
  await town.load.stop()
  let verdict = await judge(town)
  await until(
    'all that was taken is posted',
    async () => {
      for (const node of nodes) if (!node.isRunning) throw new Error(`a node ended:\n${node.output}`)
      if ((await town.waiting()) > 2) return false
      verdict = await judge(town)
      return verdict.lost.length === 0
    },
    { everyMs: 500, patienceMs: 60_000 + town.load.taken * 10 },
  ).catch(error => console.log(String(error.message).slice(0, 20_000)))
  const { lost, twice, disordered, ticks } = verdict
  console.log(
    `${seconds} s, ${harmed}: ${town.load.taken} events taken (${town.load.alone.size} alone, ${town.load.said.length} said); ` +
      `${lost.length} lost, ${twice.length} twice, ${disordered.length} out of order, ${ticks.length} ticks missed`,
  )
  if (process.env.VERBOSE) for (const node of nodes) console.log(node.output.slice(-6000))
  expect(verdict).toEqual({ lost: [], twice: [], disordered: [], ticks: [] })
  const ended = await Promise.all(nodes.map(node => node.stop()))
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0])
})
