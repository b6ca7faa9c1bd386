import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import { MAX_FILE_BYTES, readFailure } from '../read-text.ts'

/** A file as it was read, to be replaced by what becomes of it. */
export interface TextFile {
  /** Where it is, once all links are followed. */
  readonly path: string
  readonly bytes: Buffer
  /** Without a mark of its byte order. */
  readonly text: string
}

const MARK = '\ufeff'

/** @throws AppError `config.unreadable` */
export function readTextFile(named: string): TextFile {
  try {
    const path = realpathSync(named)
    if (statSync(path).size > MAX_FILE_BYTES) throw new RangeError('is longer than 1 MiB')
    const bytes = readFileSync(path)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { path, bytes, text }
  } catch (cause) {
    throw new AppError(`${named} ${readFailure(cause)}`, { code: 'config.unreadable', cause })
  }
}

/** Whoever writes longer has ended in the midst of it. */
const STALE_MS = 60_000

/**
 * Puts another text in the place of a file, whole or not at all: the new file is on the disk before it takes the name.
 * Its mode stays, and where it is a link, the link.
 *
 * @param before  called last: what it throws leaves all as it was
 * @throws AppError `config.changed` when the file is not what was read any more, `config.busy` while another process is
 * at it, `config.unwritable`
 */
export function replaceFile(file: TextFile, text: string, clock: Clock, before: () => void): void {
  const { path, bytes } = file
  // Its name is the lock as well.
  const draft = join(dirname(path), `.${basename(path)}.new`)
  const to = openDraft(draft, path, clock)
  try {
    writeDraft(to, path, bytes.toString('utf8').startsWith(MARK) ? MARK + text : text)
    if (!readFileSync(path).equals(bytes)) throw changed(path)
    before()
    renameSync(draft, path)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw cause instanceof AppError ? cause : unwritable(path, cause)
  }
  syncFolder(dirname(path))
}

/** With the mode of the file that it is to replace. */
function writeDraft(to: number, path: string, text: string): void {
  try {
    const { mode, uid, gid } = statSync(path)
    fchmodSync(to, mode & 0o7777)
    keepOwner(to, uid, gid)
    writeFileSync(to, text)
    fsyncSync(to)
  } finally {
    closeSync(to)
  }
}

function openDraft(draft: string, path: string, clock: Clock): number {
  for (let tries = 0; ; tries++) {
    try {
      // Nobody else reads what may hold secrets, until it has the mode of the other.
      return openSync(draft, 'wx', 0o600)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(path, cause)
      const since = statSync(draft, { throwIfNoEntry: false })?.mtimeMs
      if (tries > 0 || (since !== undefined && clock.now() - since < STALE_MS)) throw busy(path, draft)
      rmSync(draft, { force: true })
    }
  }
}

function keepOwner(file: number, uid: number, gid: number): void {
  const own = fstatSync(file)
  if (own.uid === uid && own.gid === gid) return
  try {
    fchownSync(file, uid, gid)
  } catch {
    // Only root may give files away; whoever may write here has to own the new one.
  }
}

function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, 'r')
    fsyncSync(file)
    closeSync(file)
  } catch {
    // Some systems cannot; the file itself is on the disk.
  }
}

export const changed = (path: string): AppError =>
  new AppError(`${path} was changed meanwhile`, {
    code: 'config.changed',
    hint: 'Look at it again, and make the edit anew if it still makes sense.',
    retry: 'later',
  })

const busy = (path: string, draft: string): AppError =>
  new AppError(`${path} is being edited by another process`, {
    code: 'config.busy',
    hint: `Try again; if nobody is at it, delete ${draft}.`,
    retry: 'later',
  })

const HINTS: Readonly<Record<string, string>> = {
  EBUSY: 'It is mounted by itself: mount its folder, so that the file can be replaced.',
  EACCES: 'Let the user of this process write in its folder.',
  EPERM: 'Let the user of this process write in its folder.',
  EROFS: 'It is on a file system that is read only.',
  ENOSPC: 'The disk is full.',
}

function unwritable(path: string, cause: unknown): AppError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException
  const hint = HINTS[code]
  return new AppError(`${path} cannot be replaced (${code})`, {
    code: 'config.unwritable',
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}
