// Where Beadle runs from its TypeScript sources, as in its tests, a thread has to have them translated.
import { workerData } from 'node:worker_threads'
import { createJiti } from 'jiti'

await createJiti(import.meta.url).import(workerData.entry)
