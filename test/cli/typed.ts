import { vi } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { runProgram } from '../../src/cli/run-program.ts'

export const VERSION = '1.2.3'

/** How a command ended, and all it said. */
export interface Typed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a command as `beadle …` does, in the process of the test: a process of its own takes most of a second to start.
 * One at a time, as it has the standard streams, the folder and the exit code of this process.
 */
export async function typed(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Typed> {
  const said = { stdout: '', stderr: '' }
  const listen = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text, ...more) => {
      said[stream] += String(text)
      for (const one of more as unknown[]) if (typeof one === 'function') one()
      return true
    })
  let end = () => {}
  const exited = new Promise<void>(resolve => {
    end = resolve
  })
  const spies = [
    listen('stdout'),
    listen('stderr'),
    vi.spyOn(process, 'exit').mockImplementation(code => {
      process.exitCode = code ?? process.exitCode ?? 0
      end()
      return undefined as never
    }),
    vi.spyOn(console, 'log').mockImplementation(text => void process.stdout.write(`${text}\n`)),
  ]
  const before = { cwd: process.cwd(), code: process.exitCode }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  if (cwd !== undefined) process.chdir(cwd)
  process.exitCode = undefined
  try {
    await Promise.race([runProgram(buildProgram(VERSION), args), exited])
    return { ...said, code: Number(process.exitCode ?? 0) }
  } finally {
    process.exitCode = before.code
    if (cwd !== undefined) process.chdir(before.cwd)
    if (Object.keys(env).length > 0) vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}
