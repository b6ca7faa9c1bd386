// Half of the load that a contestant can bear, for long: does it grow?
import net from 'node:net'
import { median } from './contest.mjs'
import { drive, requestText } from './drive.mjs'

const SAMPLE_MS = 5000
const CONNECTIONS = 32

/** Requests at a steady rate over keep-alive connections, for `ms`; resolves with how many were answered 2xx, and not. */
function steadily({ port, path, headers, body, perSecond, ms }) {
  const request = requestText({ port, path, headers, body })
  const startedAt = performance.now()
  let sent = 0
  let ok = 0
  let failed = 0
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    let rest = ''
    socket.on('data', chunk => {
      const lines = (rest + chunk).split('\r\n')
      rest = lines.pop()
      for (const line of lines) {
        // The body of the answer before has no end of line.
        const status = /HTTP\/1\.1 (\d)/.exec(line)?.[1]
        if (status === '2') ok++
        else if (status) failed++
      }
    })
    return socket
  })
  return new Promise(resolve => {
    const tick = setInterval(() => {
      const passed = performance.now() - startedAt
      for (const due = (Math.min(passed, ms) / 1000) * perSecond; sent < due; sent++)
        sockets[sent % CONNECTIONS].write(request)
      if (passed < ms || ok + failed < sent) return
      clearInterval(tick)
      for (const socket of sockets) socket.end()
      resolve({ ok, failed })
    }, 5)
  })
}

/** The slope of a line through points [x, y], by least squares. */
function slopeOf(points) {
  const mean = index => points.reduce((sum, point) => sum + point[index], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const above = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0)
  return above / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0)
}

/** Measures what a contestant can bear, then drives it at half of that for `minutes`, and samples it. */
export async function soak({ child, load, minutes, warmUpMinutes = 1 }) {
  await drive({ port: child.port, ms: 3000, ...load })
  const { ok } = await drive({ port: child.port, ms: 8000, ...load })
  const capacity = ok / 8
  const perSecond = Math.round(capacity / 2)
  process.stderr.write(`  capacity ${Math.round(capacity)}/s; ${minutes} minutes at ${perSecond}/s\n`)
  const startedAt = performance.now()
  const samples = []
  let over = false
  const sampling = (async () => {
    while (!over) {
      await new Promise(resolve => setTimeout(resolve, SAMPLE_MS))
      const { rss, waiting } = await child.stats()
      const minute = (performance.now() - startedAt) / 60_000
      samples.push({ minute, rss: rss / 1e6, waiting })
      if (samples.length % 12 === 0)
        process.stderr.write(`  ${minute.toFixed(1)} min: ${(rss / 1e6).toFixed(0)} MB, ${waiting} wait\n`)
    }
  })()
  const driven = await steadily({ port: child.port, ...load, perSecond, ms: minutes * 60_000 })
  over = true
  await sampling
  const after = await child.stats()
  const warm = samples.filter(({ minute }) => minute > warmUpMinutes)
  const level = median(warm.map(({ rss }) => rss))
  const half = warm.length >> 1
  return {
    capacity,
    perSecond,
    ...driven,
    level,
    slope: (100 * slopeOf(warm.map(({ minute, rss }) => [minute, rss]))) / level,
    waiting: [warm.slice(0, half), warm.slice(half)].map(part =>
      Math.max(...part.map(({ waiting }) => waiting)),
    ),
    left: after.waiting,
    delayMs: after.delayMs,
  }
}

/** The figures as a table in Markdown. */
export function soakTable(minutes, figures) {
  const { capacity, perSecond, ok, failed, level, slope, waiting, left, delayMs } = figures
  const rows = [
    ['capacity', `${capacity.toFixed(0)}/s`],
    ['driven at', `${perSecond}/s: ${ok} taken, ${failed} refused`],
    ['RSS, median after a minute', `${level.toFixed(0)} MB`],
    ['slope of the RSS', `${slope.toFixed(2)} % a minute`],
    ['most that waited, first and second half', waiting.join(', ')],
    ['waiting at the end', left],
    ['event loop delay, p99', `${delayMs.toFixed(1)} ms`],
  ]
  return `### ${minutes} minutes at half of the capacity\n\n| | |\n|---|---|\n${rows.map(row => `| ${row.join(' | ')} |`).join('\n')}\n`
}
