// Starts contestants as processes of their own, and asks them how far they are.
import { spawn, spawnSync } from 'node:child_process'

const canPin = spawnSync('taskset', ['--version']).status === 0

/** Runs a module in its own process, on one core where that is asked for and possible. It says `ready` when it is. */
export async function start(module, { core, env = {} }) {
  const command = [process.execPath, module]
  if (canPin && core !== undefined) command.unshift('taskset', '-c', String(core))
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ask = (question, answer) =>
    new Promise((resolve, reject) => {
      const onMessage = message => {
        if (message.type !== answer) return
        child.off('message', onMessage)
        child.off('exit', onExit)
        resolve(message)
      }
      const onExit = code => reject(new Error(`${module} ended with ${code}`))
      child.on('message', onMessage)
      child.once('exit', onExit)
      if (question) child.send(question)
    })
  const { port } = await ask(undefined, 'ready')
  return {
    port,
    /** `{ done, cpuUs, rss }`: what it has done, and what it cost. */
    stats: () => ask('stats', 'stats'),
    /** Holds it, so that it does nothing, or lets it go on. */
    hold: () => child.kill('SIGSTOP'),
    release: () => child.kill('SIGCONT'),
    /** Tells it something that it does not answer. */
    tell: message => child.send(message),
    stop: () =>
      new Promise(resolve => {
        child.once('exit', resolve)
        child.kill('SIGKILL')
      }),
  }
}

/** Several processes as one contestant. */
export const together = children => ({
  ports: children.map(({ port }) => port),
  async stats() {
    const all = await Promise.all(children.map(child => child.stats()))
    const sum = key => all.reduce((total, one) => total + one[key], 0)
    const done = all.some(one => one.done !== undefined) ? { done: sum('done') } : {}
    return { cpuUs: sum('cpuUs'), rss: sum('rss'), ...done }
  },
})

/** In a contestant: tells the port, and answers questions for its figures. */
export function report(port, figures) {
  process.on('message', question => {
    if (question !== 'stats') return
    const { user, system } = process.cpuUsage()
    process.send({ type: 'stats', cpuUs: user + system, rss: process.memoryUsage.rss(), ...figures() })
  })
  process.send({ type: 'ready', port })
}
