import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import * as publicFace from './index.ts'
import { runThread } from './runtime/plugin/worker/run-thread.ts'

// Where the thread of a plugin begins.

/** Higher than the usual 0: when there is too little for all, this thread gets about a third of what others get. */
const NICENESS = 5

// On Linux this is of the thread alone; elsewhere it would be of the whole process.
if (process.platform === 'linux') {
  try {
    setPriority(NICENESS)
  } catch {
    // Where that is forbidden, it has to do without.
  }
}
await runThread(workerData, parentPort!, publicFace)
