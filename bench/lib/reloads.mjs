// Saves a plugin of two files again and again while `beadle dev` runs: how long until it takes effect, and what is left.
import { spawn } from 'node:child_process'

/** Figures of a contestant, which runs to its end. */
export function reloadsContest(module, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', module], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    let figures
    child.on('message', message => {
      if (message.type === 'reloads') figures = message.figures
    })
    child.once('exit', code =>
      figures ? resolve(figures) : reject(new Error(`${module} ended with ${code}, without figures`)),
    )
  })
}

/** The figures as a table in Markdown. */
export function reloadsTable(title, rows) {
  const lines = rows.map(([name, { times, heapMb, rssMb, left }]) => {
    const sorted = [...times].sort((a, b) => a - b)
    const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0)
    const { commands, listeners = '', webhooks, schedules } = left
    return `| ${name} | ${times.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${heapMb.toFixed(1)} | ${rssMb.toFixed(1)} | ${[commands, listeners, webhooks, schedules].join(', ')} |`
  })
  return `### ${title}\n\n| | saves | median, ms | p99, ms | longest, ms | heap, MB more | RSS, MB more | commands, listeners, webhooks, schedules left |\n|---|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}
