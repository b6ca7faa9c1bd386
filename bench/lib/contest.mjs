// Lets contestants take turns, round by round, so that whatever else the machine does hits all of them alike.
import { drive } from './drive.mjs'

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

/** By then a node is sure again of its place in the fleet. */
const AWAKE_MS = 1500

/**
 * One shot: so much load for so long, and then until everything that was acknowledged is done.
 * Its rate counts what is done, not what is acknowledged.
 */
async function shot({ child, load, server, rests }, ms) {
  if (rests) {
    child.release()
    await sleep(AWAKE_MS)
  }
  const before = await child.stats()
  const served = await server?.stats()
  const startedAt = performance.now()
  const { ok, failed } = await driveAll(child, ms, load)
  let after = await child.stats()
  // A contestant that acknowledges only what is done has no count of its own.
  while (after.done !== undefined && after.done - before.done < ok) {
    if (performance.now() - startedAt > ms + 30_000) throw new Error('not all that was acknowledged was done')
    await sleep(2)
    after = await child.stats()
  }
  const seconds = (performance.now() - startedAt) / 1000
  const cost = { cpuUs: (after.cpuUs - before.cpuUs) / ok, rss: after.rss }
  if (server) {
    const { cpuUs, walBytes } = await server.stats()
    cost.serverUs = (cpuUs - served.cpuUs) / ok
    cost.walBytes = (walBytes - served.walBytes) / ok
  }
  if (rests) child.hold()
  return { rate: ok / seconds, ...cost, failed }
}

/** A contestant of several processes has a part of the connections at each. */
async function driveAll({ port, ports = [port] }, ms, load) {
  const connections = (load.connections ?? 32) / ports.length
  const parts = await Promise.all(ports.map(one => drive({ port: one, ms, ...load, connections })))
  const sum = key => parts.reduce((total, part) => total + part[key], 0)
  return { ok: sum('ok'), failed: sum('failed') }
}

/**
 * Runs `rounds` rounds. Returns rows for {@link table}.
 *
 * @param contestants  each with the index of its `reference`, by default the first, and with the PostgreSQL `server` it
 *   is on, if that is to be measured, too; one that `rests` is held while it is not its turn, as it works by itself
 */
export async function contest(contestants, { rounds, ms }) {
  for (const { child, rests } of contestants) if (rests) child.hold()
  for (const contestant of contestants) await shot(contestant, Math.min(ms, 2000))
  const shots = contestants.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      shots[index].push(await shot(contestant, ms))
      process.stderr.write(
        `  round ${round + 1}/${rounds}  ${contestant.name}: ${Math.round(shots[index].at(-1).rate)}/s\n`,
      )
    }
  }
  return contestants.map(({ name, reference = 0, server }, index) => {
    const own = shots[index]
    const ratios = key => own.map((one, round) => one[key] / shots[reference][round][key])
    return {
      name,
      rate: median(own.map(({ rate }) => rate)),
      rates: own.map(({ rate }) => rate),
      least: Math.min(...own.map(({ rate }) => rate)),
      most: Math.max(...own.map(({ rate }) => rate)),
      ratio: median(ratios('rate')),
      leastRatio: Math.min(...ratios('rate')),
      cpuUs: median(own.map(({ cpuUs }) => cpuUs)),
      cpuRatio: median(ratios('cpuUs')),
      ...(server && {
        serverUs: median(own.map(({ serverUs }) => serverUs)),
        walBytes: median(own.map(({ walBytes }) => walBytes)),
      }),
      rss: median(own.map(({ rss }) => rss)) / 1e6,
      failed: own.reduce((sum, { failed }) => sum + failed, 0),
    }
  })
}

/** The rows as a table in Markdown. */
export function table(title, rows) {
  const lines = rows.map(
    ({ name, rate, least, most, ratio, cpuUs, rss, failed }) =>
      `| ${name} | ${rate.toFixed(0)} (${least.toFixed(0)}-${most.toFixed(0)}) | ${ratio.toFixed(2)} | ${cpuUs.toFixed(0)} | ${rss.toFixed(0)} | ${failed} |`,
  )
  return `### ${title}\n\n| | done/s, median (min-max) | of the reference | CPU us each | RSS MB | failed |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}
