import { statSync } from 'node:fs'
import { basename, relative, resolve, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { Cancel, Clock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'

/** Changes within so long of each other are one, in ms: editors write a file in several steps, and tools many files. */
const PAUSE_MS = 30
/** But none waits longer than this. */
const LONGEST_MS = 250

/** chokidar passes over a change that follows another one of the same file within 50 ms; it is looked for after so long. */
const SECOND_LOOK_MS = 80

/** What plugins and the configuration are written in. */
const WATCHED = /\.(?:[cm]?[jt]sx?|json|ya?ml)$/i

export interface FileWatchOptions {
  /** Files below it are watched, but for packages, and what begins with a dot. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
}

/** Files that have changed, by their absolute paths, and when the first of them did. */
export interface Changed {
  readonly files: readonly string[]
  /** By the clock's `now`. */
  readonly since: number
}

/** Watches the files of a project. */
export class FileWatch {
  readonly #options: FileWatchOptions
  readonly #watcher: FSWatcher
  readonly #files = new Set<string>()
  /** How those were that were told of lately. */
  readonly #told = new Map<string, string>()
  readonly #unwatched = new Set<string>()
  #since = 0
  #cancel: Cancel = () => {}
  #cancelLook: Cancel = () => {}
  #waiter: ((changed: Changed | undefined) => void) | undefined
  #isDue = false
  #closed = false

  private constructor(options: FileWatchOptions) {
    this.#options = options
    this.#watcher = watch(options.folder, {
      ignoreInitial: true,
      ignored: (path, stats) => this.#isIgnored(path, stats?.isFile() ?? false),
    })
    this.#watcher.on('all', (event, path) => {
      if (event === 'add' || event === 'change' || event === 'unlink') this.#note(resolve(path))
    })
    this.#watcher.on('error', thrown =>
      options.log.warn({ err: asError(thrown) }, 'some files cannot be watched'),
    )
  }

  /** Resolves once changes are seen. */
  static async open(options: FileWatchOptions): Promise<FileWatch> {
    const files = new FileWatch(options)
    await new Promise<void>(resolve => files.#watcher.once('ready', resolve))
    return files
  }

  /** Watches files and folders elsewhere, too. */
  add(paths: Iterable<string>): void {
    const others = [...paths].filter(path => !isBelow(path, this.#options.folder))
    if (others.length > 0) this.#watcher.add(others)
  }

  /** What is in a folder is of no interest, as the program itself writes it. */
  ignore(folder: string): void {
    if (this.#unwatched.has(folder) || folder === this.#options.folder) return
    this.#unwatched.add(folder)
    this.#watcher.unwatch(folder)
  }

  /** Resolves with what has changed since the last call, once there is something; with nothing once it is closed. */
  next(): Promise<Changed | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise(resolve => {
      this.#waiter = resolve
      if (this.#isDue) this.#tell()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancel()
    this.#cancelLook()
    this.#waiter?.(undefined)
    await this.#watcher.close()
  }

  #isIgnored(path: string, isFile: boolean): boolean {
    if (path !== this.#options.folder && basename(path).startsWith('.')) return true
    if (basename(path) === 'node_modules' || this.#unwatched.has(path)) return true
    return isFile && !WATCHED.test(path)
  }

  #note(file: string): void {
    const { clock } = this.#options
    if ([...this.#unwatched].some(folder => isBelow(file, folder))) return
    const now = clock.now()
    if (this.#files.size === 0) this.#since = now
    this.#files.add(file)
    this.#cancel()
    const wait = Math.max(0, Math.min(PAUSE_MS, this.#since + LONGEST_MS - now))
    this.#cancel = clock.after(wait, () => {
      this.#isDue = true
      this.#tell()
    })
  }

  #lookAgain(files: readonly string[]): void {
    for (const file of files) this.#told.set(file, stampOf(file))
    this.#cancelLook()
    this.#cancelLook = this.#options.clock.after(SECOND_LOOK_MS, () => {
      const told = [...this.#told]
      this.#told.clear()
      for (const [file, stamp] of told) if (stampOf(file) !== stamp) this.#note(file)
    })
  }

  #tell(): void {
    const waiter = this.#waiter
    if (!waiter) return
    this.#waiter = undefined
    this.#isDue = false
    const files = [...this.#files]
    this.#files.clear()
    this.#lookAgain(files)
    waiter({ files, since: this.#since })
  }
}

/** Tells whether a file was written meanwhile. */
function stampOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return `${mtimeMs} ${size} ${ino}`
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path
}
