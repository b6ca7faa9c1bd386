// Runs commands of the command line one after the other in one process, so that what they are made of is loaded once.
let runs = 0
/** What the command that runs has said. */
let said = { stdout: '', stderr: '' }
/** Called in place of the end of the process. */
let end = () => {}

for (const name of ['stdout', 'stderr']) {
  process[name].write = (text, ...rest) => {
    said[name] += text
    rest.find(one => typeof one === 'function')?.()
    return true
  }
}

/** Thrown where a process would be no more. */
class Ended extends Error {}
const exit = process.exit.bind(process)
process.exit = code => {
  end(code ?? process.exitCode ?? 0)
  // Nothing that comes after it counts.
  said = { stdout: '', stderr: '' }
  throw new Ended()
}
const isTrouble = error => !(error instanceof Ended)
process.on('uncaughtException', error => {
  if (isTrouble(error)) exit(1)
})
process.on('disconnect', () => exit(0))

async function run({ main, args, cwd, env }) {
  const mine = { stdout: '', stderr: '' }
  said = mine
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.argv = [process.execPath, main, ...args]
  process.exitCode = undefined
  const exited = new Promise(resolve => {
    end = resolve
  })
  const listeners = process.stdout.listeners('error')
  // The name of a module is its address: by another one it is run again, and what it imports is not.
  const through = import(`${main}?${++runs}`).then(() => process.exitCode ?? 0)
  const code = await Promise.race([exited, through])
  for (const listener of process.stdout.listeners('error'))
    if (!listeners.includes(listener)) process.stdout.off('error', listener)
  process.send({ code, ...mine })
}

process.on('message', run)
