import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { type Compiling, compile } from './compiling.ts'
import { isOwnFile } from './own-files.ts'

/** So many files are kept as they were compiled. */
const MOST_COMPILED = 1000

/** Names of files that a file imports. In a comment or text they may be of no meaning, and do no harm. */
const IMPORTED = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g
/** What a name without an extension may stand for. */
const ENDINGS = ['', '.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']

const { cache: nodeCache } = createRequire(import.meta.url)

/** What was in a file; `undefined`, if it was not there. */
type Digest = string | undefined

/**
 * Which files each plugin was loaded from, and what was in them: tells which plugins have to be loaded anew when files
 * change. Files of packages are not looked at.
 */
export class PluginSources {
  /** By the plugin's own file. */
  readonly #read = new Map<string, Map<string, Digest>>()
  /** Plugins to be loaded anew, each with a number of its own for each time that this was found. */
  readonly #due = new Map<string, number>()
  readonly #compiled = new Map<string, { readonly digest: Digest; readonly code: string }>()
  #count = 0

  /** All files that plugins were loaded from. */
  get files(): ReadonlySet<string> {
    return new Set([...this.#read.values()].flatMap(files => [...files.keys()]))
  }

  /** A load of a plugin begins. @returns what makes JavaScript of its files */
  begin(entry: string): (options: Compiling) => { code: string } {
    const files = new Map<string, Digest>([[entry, digestOf(entry)]])
    this.#read.set(entry, files)
    return options => {
      const { filename, source } = options
      if (filename === undefined) return { code: compile(options) }
      const digest = hash(source)
      if (isOwnFile(filename, entry)) {
        files.set(filename, digest)
        for (const file of importedBy(filename, source)) {
          if (!files.has(file)) files.set(file, digestOf(file))
          // Node keeps these, and jiti has them from there.
          if (/\.(?:json|cjs)$/.test(file)) delete nodeCache[file]
        }
      }
      return { code: this.#compile(filename, digest, options) }
    }
  }

  /** Looks which plugins have files now that are other than those they were loaded from; they are due from now on. */
  look(): string[] {
    const found = [...this.#read].filter(([, files]) =>
      [...files].some(([file, digest]) => digestOf(file) !== digest),
    )
    for (const [entry] of found) this.#due.set(entry, ++this.#count)
    return found.map(([entry]) => entry)
  }

  /** The plugins that are to be loaded anew. */
  get due(): ReadonlyMap<string, number> {
    return new Map(this.#due)
  }

  /** Plugins that were due are at work as they are on disk. */
  done(due: ReadonlyMap<string, number>): void {
    for (const [entry, number] of due) if (this.#due.get(entry) === number) this.#due.delete(entry)
  }

  /** Those that are not used any more need not be looked at. */
  keepOnly(entries: ReadonlySet<string>): void {
    for (const entry of this.#read.keys()) if (!entries.has(entry)) this.#read.delete(entry)
  }

  #compile(file: string, digest: Digest, options: Compiling): string {
    const id = `${file}:${options.async}`
    const known = this.#compiled.get(id)
    const code = known && known.digest === digest ? known.code : compile(options)
    // What was used last is at the end.
    this.#compiled.delete(id)
    this.#compiled.set(id, { digest, code })
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= MOST_COMPILED) break
      this.#compiled.delete(oldest)
    }
    return code
  }
}

const hash = (text: string): string => createHash('sha1').update(text).digest('base64')

function digestOf(file: string): Digest {
  try {
    return hash(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** The files that are meant by what a file imports; where there is none, all that could be meant. */
function importedBy(file: string, source: string): string[] {
  return [...source.matchAll(IMPORTED)].flatMap(([, name]) => {
    const base = join(dirname(file), name!)
    const candidates = extname(base) === '' ? ENDINGS.map(ending => base + ending) : [base]
    const there = candidates.filter(candidate => extname(candidate) !== '' && existsSync(candidate))
    return there.length > 0 ? there : candidates.filter(candidate => extname(candidate) !== '')
  })
}
