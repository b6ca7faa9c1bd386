import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { asError } from '../base/errors.ts'
import { copyInto, giveUp, sync } from './backup.ts'
import type { Connection } from './connection.ts'
import { inThread } from './in-thread.ts'
import { StoreError, type StoreErrorCode } from './store-error.ts'

/** These end where they came from; any other may stay with a connection for as long as that is open. */
const PASSES: ReadonlySet<StoreErrorCode> = new Set(['store.full', 'store.locked'])

const KEEP_RUNNING =
  'Let Beadle write in its folder, or make room there, and the file is written back. Do not stop Beadle before: nobody else has what was in it.'

/** The file of an open database, which may be deleted, replaced or damaged meanwhile. */
export class OpenFile {
  readonly #url: string
  readonly #writer: Connection
  readonly #reader: Connection
  #identity: string | undefined
  /** The file that was written back, until it is the one that is open. */
  #writtenBack: string | undefined
  #logIsEmpty = false

  constructor(url: string, writer: Connection, reader: Connection) {
    this.#url = url
    this.#writer = writer
    this.#reader = reader
    this.#identity = identity(url)
  }

  /**
   * Looks whether the file is the one that was opened. Writes back one that was deleted: whoever holds it open has all of
   * it still. Not to be called in a transaction.
   *
   * @throws StoreError `store.gone` when it cannot be written back, or another file stands there
   */
  look(): void {
    const now = identity(this.#url)
    if (now === this.#identity) this.#logIsEmpty = false
    else if (now === undefined || now === this.#writtenBack) this.#writeBack(now)
    else {
      this.#emptyLog()
      throw new StoreError('store.gone', `database ${this.#url}: another file was put in its place`)
    }
  }

  /** Reads a damaged file as a whole; rejects while it is not right again. */
  async check(failure: StoreErrorCode): Promise<void> {
    if (failure !== 'store.corrupt') return
    const [row] = await inThread(this.#url, 'pragma quick_check(1)')
    const found = String(Object.values(row ?? {})[0])
    if (found !== 'ok') throw new StoreError('store.corrupt', `database ${this.#url}: ${found}`)
  }

  /** Opens it anew where that can help. Not to be called in a transaction. */
  reopen(failure: StoreErrorCode): void {
    if (PASSES.has(failure)) return
    // What is not there would be made anew, without tables.
    this.look()
    this.#writer.reopen()
    this.#reader.reopen()
  }

  #writeBack(there: string | undefined): void {
    try {
      if (there === undefined) this.#copyBack()
      sync(dirname(this.#url))
      this.#writer.desert()
      this.#reader.desert()
      this.#identity = this.#writtenBack
    } catch (cause) {
      const message = `database ${this.#url} was deleted, and cannot be written back: ${asError(cause).message}`
      throw new StoreError('store.gone', message, cause, KEEP_RUNNING)
    }
  }

  #copyBack(): void {
    const part = `${this.#url}.part`
    try {
      mkdirSync(dirname(this.#url), { recursive: true })
      this.#writer.exec(copyInto(part))
      sync(part)
      // Somebody may have put one there, as that takes a while.
      if (identity(this.#url) !== undefined) throw new Error('another file stands there')
      // They belong to the deleted file, and would be taken for those of the new one.
      for (const beside of ['-wal', '-shm']) rmSync(`${this.#url}${beside}`, { force: true })
      renameSync(part, this.#url)
      this.#writtenBack = identity(this.#url)
    } catch (cause) {
      giveUp(part)
      throw cause
    }
  }

  /**
   * Moves what is in the log into the file that was open, wherever that is now. The log stays behind under its name, and
   * whoever opens the new file would take what is in it for that file's.
   */
  #emptyLog(): void {
    if (this.#logIsEmpty) return
    try {
      const [row] = this.#writer.statement('pragma wal_checkpoint(truncate)').all() as { busy: number }[]
      this.#logIsEmpty = row?.busy === 0
    } catch {
      // It is tried again; and a person is told to remove the log.
    }
  }
}

/** Which file it is; `undefined` where there is none. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path)
    return `${dev}:${ino}`
  } catch (cause) {
    // Its folder may have become a file.
    if (['ENOENT', 'ENOTDIR'].includes(String((cause as { code?: unknown }).code))) return undefined
    throw cause
  }
}
