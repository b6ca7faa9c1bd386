// Compiles src/ to dist/ with tsc. `buildIfStale()` does so only when a source file is newer than the last build.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'dist/.tsbuildinfo')

export function build() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(status ?? 1)
  // tsc leaves the stamp alone when nothing changed.
  utimesSync(stamp, new Date(), new Date())
}

export function buildIfStale() {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (newest(join(root, 'src')) <= built && statSync(join(root, 'tsconfig.build.json')).mtimeMs <= built)
    return
  process.stderr.write('beadle: compiling…\n')
  build()
}

function newest(dir) {
  let latest = statSync(dir).mtimeMs
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return latest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
