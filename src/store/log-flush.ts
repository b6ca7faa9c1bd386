import { closeSync, fdatasync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { sync } from './backup.ts'

/**
 * Sees the log of writes onto the disk, in a thread of Node's own: what SQLite does with `synchronous = FULL`, while
 * everything else stands still. SQLite locks other files than this one, so that it may be opened and closed beside it.
 */
export class LogFlush {
  readonly #path: string
  #file: number | undefined

  /** @param url  path of the database */
  constructor(url: string) {
    this.#path = `${url}-wal`
  }

  /** Resolves once everything that was committed is on disk. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#file ??= this.#open()
      fdatasync(this.#file, error => (error ? reject(error) : resolve()))
    })
  }

  /** To be called when the database was opened anew or closed, and no flush is under way. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #open(): number {
    const file = openSync(this.#path, 'r+')
    // A file that is new is lost with its name.
    sync(dirname(this.#path))
    return file
  }
}
