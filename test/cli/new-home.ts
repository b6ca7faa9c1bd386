import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../e2e/build.ts'
import { folder } from '../e2e/places.ts'

/** A folder in which the packages of this checkout are installed, this one among them. */
export function home(files: Readonly<Record<string, unknown>> = {}): string {
  const here = folder(files)
  install(here)
  return here
}

/** Has `node_modules` of a folder hold what that of this checkout holds, and this checkout as `beadle`. */
export function install(here: string, beadle: string = ROOT): void {
  const from = join(ROOT, 'node_modules')
  const to = join(here, 'node_modules')
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (name === 'beadle' || name.startsWith('.cache')) continue
    symlinkSync(join(from, name), join(to, name))
  }
  symlinkSync(beadle, join(to, 'beadle'))
}

export interface Finished {
  readonly code: number | null
  readonly output: string
}

/**
 * Runs a program of the packages to its end.
 *
 * @param from  the folder in whose packages it is. Default: this checkout
 */
export function runTool(tool: string, args: readonly string[], cwd: string, from = ROOT): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '', TMPDIR } = process.env
    const env = { PATH, HOME, NO_COLOR: '1', ...(TMPDIR ? { TMPDIR } : {}) }
    const child = spawn(process.execPath, [join(from, 'node_modules', tool), ...args], { cwd, env })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        output += text
      })
    child.once('error', reject)
    child.once('close', code => resolve({ code, output }))
  })
}
