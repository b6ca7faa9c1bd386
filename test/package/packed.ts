import { execFile, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../e2e/build.ts'

const run = promisify(execFile)

/** What is no part of a checkout, or is made anew. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'data', 'coverage', '.git'])

/**
 * Packs the checkout as `npm pack` does, in a copy of it: packing builds, and others use what is built here.
 *
 * @returns the path of the package, in a folder that `remove` clears away
 */
export async function pack(): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-pack-'))
  const copy = join(folder, 'checkout')
  mkdirSync(copy)
  for (const name of readdirSync(ROOT))
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: copy })
  rmSync(copy, { recursive: true })
  return {
    file: join(folder, stdout.trim().split('\n').at(-1)!),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Names of the files in a package. */
export function filesIn(file: string): string[] {
  const { stdout } = spawnSync('tar', ['-tzf', file], { encoding: 'utf8' })
  return stdout.split('\n').flatMap(name => (name === '' ? [] : [name.replace(/^package\//, '')]))
}

/**
 * Installs a package into a folder as `npm install` does, without the network: what it depends on is that of the
 * checkout.
 */
export function installPacked(file: string, folder: string): void {
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'beadle')
  mkdirSync(own, { recursive: true })
  spawnSync('tar', ['-xzf', file, '-C', own, '--strip-components=1'])
  link(modules)
  const bin = join(modules, '.bin')
  rmSync(bin, { recursive: true, force: true })
  mkdirSync(bin)
  for (const [name, target] of [
    ['beadle', 'beadle/bin/beadle.js'],
    ['vitest', 'vitest/vitest.mjs'],
    ['tsc', 'typescript/bin/tsc'],
  ] as const)
    symlinkSync(join('..', target), join(bin, name))
  note(folder, file)
}

function link(modules: string): void {
  const from = join(ROOT, 'node_modules')
  for (const name of readdirSync(from)) {
    if (name === 'beadle' || name.startsWith('.')) continue
    symlinkSync(join(from, name), join(modules, name))
  }
}

/** As npm notes what it installed. */
function note(folder: string, file: string): void {
  const path = join(folder, 'package.json')
  const before = readIfThere(path)
  const whole = { ...before, dependencies: { ...(before.dependencies as object), beadle: `file:${file}` } }
  writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`)
}

function readIfThere(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}
