import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { inThread } from './in-thread.ts'
import { refusal } from './store-error.ts'

/** So many copies of a database are kept. */
const KEPT = 5
const FOLDER = 'backups'
/** Version and time of a copy, as its name has them; `.part` while it is being written. */
const COPY = /^\d+-.*-(\d{8}T\d{6}Z)\.db(\.part)?$/

/**
 * Copies a database to `backups` beside it, as `NAME-VERSION-TIME.db` for its owner alone, and removes all copies but
 * the last few. What is written meanwhile is not in it.
 *
 * @returns path of the copy, which is on disk
 * @throws StoreError
 */
export async function backUp(url: string, version: string): Promise<string> {
  const name = basename(url, '.db')
  const folder = join(dirname(url), FOLDER)
  const time = new Date(systemClock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const copy = join(folder, `${name}-${version}-${time}.db`)
  const part = `${copy}.part`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    await inThread(url, copyInto(part))
    sync(part)
    renameSync(part, copy)
    sync(folder)
    removeOld(folder, name)
    return copy
  } catch (cause) {
    giveUp(part)
    throw refusal(copy, cause)
  }
}

/** Makes the file of a copy, for its owner alone, and says the statement that fills it: SQLite takes one that is empty. */
export function copyInto(path: string): string {
  rmSync(path, { force: true })
  closeSync(openSync(path, 'wx', 0o600))
  return `vacuum into '${path.replaceAll("'", "''")}'`
}

/** Removes a copy that failed, as it would take the room that is short already. */
export function giveUp(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It could not even be begun.
  }
}

/** Sees a file, or the names in a folder, onto the disk. */
export function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Removes copies of a database but the last ones, and what a backup left that was cut short. */
function removeOld(folder: string, name: string): void {
  const copies = readdirSync(folder)
    .flatMap(file => {
      const match = file.startsWith(`${name}-`) ? COPY.exec(file.slice(name.length + 1)) : null
      return match ? [{ file, time: match[1]!, isPart: match[2] !== undefined }] : []
    })
    .sort((a, b) => Number(a.isPart) - Number(b.isPart) || (a.time < b.time ? 1 : -1))
  const whole = copies.filter(({ isPart }) => !isPart).length
  for (const { file } of copies.slice(Math.min(KEPT, whole))) rmSync(join(folder, file), { force: true })
}
