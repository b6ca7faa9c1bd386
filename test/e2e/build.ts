import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Nobody compiles for as long; whoever held the lock is gone. */
const STALE_MS = 60_000

let built: Promise<void> | undefined

/** Compiles what is not compiled yet. Test files that run side by side do it one after the other. */
export function build(): Promise<void> {
  built ??= compile()
  return built
}

async function compile(): Promise<void> {
  const { buildIfStale } = (await import(pathToFileURL(join(ROOT, 'scripts/build.mjs')).href)) as {
    buildIfStale: () => void
  }
  const lock = join(tmpdir(), `beadle-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`)
  while (!take(lock)) await sleep(50)
  try {
    buildIfStale()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** A folder can be made by one process only. */
function take(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (Date.now() - since > STALE_MS) rmSync(lock, { recursive: true, force: true })
    return false
  }
}
