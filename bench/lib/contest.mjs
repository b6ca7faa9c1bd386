// Lets contestants take turns, round by round, so that whatever else the machine does hits all of them alike.
import { drive } from './drive.mjs'

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

/**
 * One shot: so much load for so long, and then until everything that was acknowledged is done.
 * Its rate counts what is done, not what is acknowledged.
 */
async function shot({ child, load }, ms) {
  const before = await child.stats()
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
  return { rate: ok / seconds, cpuUs: (after.cpuUs - before.cpuUs) / ok, failed, rss: after.rss }
}

/** A contestant of several processes has a part of the connections at each. */
async function driveAll({ port, ports = [port] }, ms, load) {
  const connections = (load.connections ?? 32) / ports.length
  const parts = await Promise.all(ports.map(one => drive({ port: one, ms, ...load, connections })))
  const sum = key => parts.reduce((total, part) => total + part[key], 0)
  return { ok: sum('ok'), failed: sum('failed') }
}

/** Runs `rounds` rounds; the first contestant is the reference. Returns rows for {@link table}. */
export async function contest(contestants, { rounds, ms }) {
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
  return contestants.map(({ name }, index) => {
    const own = shots[index]
    return {
      name,
      rate: median(own.map(({ rate }) => rate)),
      least: Math.min(...own.map(({ rate }) => rate)),
      most: Math.max(...own.map(({ rate }) => rate)),
      ratio: median(own.map(({ rate }, round) => rate / shots[0][round].rate)),
      cpuUs: median(own.map(({ cpuUs }) => cpuUs)),
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
