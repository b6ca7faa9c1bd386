import { constants, existsSync } from 'node:fs'
import { access, mkdtemp, rmdir, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileOf } from '../config/index.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'

type Found = Omit<Finding, 'check'>

const MIB = 1024 * 1024
/** Below this something will soon be refused. */
const LEAST_FREE_BYTES = 200 * MIB
const FEW_FREE_BYTES = 1024 * MIB

/** Whether there is room, and whether this user may write. */
export const folders: Check = {
  name: 'folders',
  async look({ config: { main } }) {
    const file = fileOf(main.database)
    const all = new Set([main.data, ...(file === undefined ? [] : [dirname(file)])])
    return (await Promise.all([...all].map(lookAt))).flat()
  },
}

async function lookAt(folder: string): Promise<Found[]> {
  const there = nearest(folder)
  const hint = 'Give it to the user that Beadle runs as.'
  try {
    await access(there, constants.W_OK | constants.X_OK)
    // A file system may be mounted read only, or be full.
    if (there === folder) await rmdir(await mkdtemp(join(folder, '.doctor-')))
  } catch (error) {
    return [
      failure(`${folder}: this user cannot write there (${(error as NodeJS.ErrnoException).code})`, hint),
    ]
  }
  const { bavail, bsize } = await statfs(there)
  const free = bavail * bsize
  const text = `${folder}: ${Math.floor(free / MIB).toLocaleString('en')} MiB are free`
  if (free < LEAST_FREE_BYTES) return [failure(text, 'Make room: soon nothing more can be taken.')]
  return [
    free < FEW_FREE_BYTES
      ? warning(text, 'Make room, or keep less: keep.age, keep.events.')
      : ok(`${text}, and it can be written to`),
  ]
}

/** The folder, or the one in which it would be made. */
function nearest(folder: string): string {
  let there = folder
  while (!existsSync(there)) there = dirname(there)
  return there
}
