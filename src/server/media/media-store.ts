import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const PART = '.part'

/** Where the bytes of uploaded files lie. A file's name is made here, never taken from a request. */
export interface MediaStore {
  /** Keeps bytes for good and says under which name. */
  keep(bytes: Buffer): Promise<string>
  /** The bytes from `start` up to and with `end`; `undefined` when there are none under that name. */
  read(name: string, start: number, end: number): Promise<Buffer | undefined>
}

/** A name that nobody can guess. */
export const newName = (): string => randomBytes(16).toString('hex').toUpperCase()

/** Keeps bytes as long as the process runs. */
export function memoryMedia(): MediaStore {
  const files = new Map<string, Buffer>()
  return {
    async keep(bytes) {
      const name = newName()
      files.set(name, bytes)
      return name
    },
    async read(name, start, end) {
      return files.get(name)?.subarray(start, end + 1)
    },
  }
}

/** Keeps bytes in a folder; uploads that a crash cut short are cleared away. */
export async function openMedia(folder: string): Promise<MediaStore> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  for (const file of await readdir(folder)) if (file.endsWith(PART)) await rm(join(folder, file))
  return {
    async keep(bytes) {
      const name = newName()
      const path = join(folder, name)
      await writeDurably(path + PART, bytes)
      await rename(path + PART, path)
      await syncFolder(folder)
      return name
    },
    async read(name, start, end) {
      const file = await open(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (!file) return undefined
      try {
        const bytes = Buffer.alloc(end - start + 1)
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
        return bytes.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },
  }
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** So that the new name survives a power cut too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch {
    // Some systems cannot flush a folder.
  } finally {
    await handle.close()
  }
}
