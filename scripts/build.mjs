// Compiles src/ to dist/. `npm run build` has tsc check the types and write declarations too; a start from a checkout
// only turns the files that changed into JavaScript, which takes a tenth of a second at the first time.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = join(root, 'src')
const built = join(root, 'dist')

function build() {
  rmSync(built, { recursive: true, force: true })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
  })
  for (const file of filesBelow(sources).filter(file => !file.endsWith('.ts')))
    cpSync(file, outputOf(file), { recursive: true })
  process.exitCode = status ?? 1
}

/** Where a file of src/ goes. What is not TypeScript, such as a page and its script, goes as it is. */
const outputOf = file => join(built, relative(sources, file)).replace(/\.ts$/, '.js')

/** Brings dist/ up to what is in src/, without a look at the types. */
export function buildIfStale() {
  const wanted = new Map(filesBelow(sources).map(file => [outputOf(file), file]))
  // What has no source any more would be found by nobody but a stale import.
  for (const file of filesBelow(built))
    if (file.endsWith('.js') && !wanted.has(file)) rmSync(file, { force: true })
  const stale = [...wanted].filter(([output, source]) => mtime(output) <= mtime(source))
  if (stale.length === 0) return
  const { transformSync } = createRequire(import.meta.url)('oxc-transform')
  // As tsconfig.json has it. That a file is an ES module it does not tell by itself.
  const options = {
    lang: 'ts',
    sourceType: 'module',
    target: 'es2023',
    sourcemap: true,
    typescript: { rewriteImportExtensions: 'rewrite', onlyRemoveTypeImports: true },
  }
  for (const [output, source] of stale) {
    mkdirSync(dirname(output), { recursive: true })
    if (!source.endsWith('.ts')) {
      writeWhole(output, readFileSync(source))
      continue
    }
    const { code, map, errors } = transformSync(source, readFileSync(source, 'utf8'), options)
    if (errors.length > 0) throw new Error(`${source}: ${errors[0].message}\n${errors[0].codeframe ?? ''}`)
    writeWhole(`${output}.map`, JSON.stringify(map))
    writeWhole(output, `${code}\n//# sourceMappingURL=${basename(output)}.map\n`)
  }
}

/** Another process may be starting from the same files: it must never read half of one. */
function writeWhole(file, text) {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, file)
}

const mtime = file => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

function filesBelow(folder) {
  if (mtime(folder) === 0) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
