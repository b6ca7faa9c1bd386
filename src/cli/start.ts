import { startBeadle } from '../app/beadle.ts'
import { loadConfig } from '../app/config/index.ts'
import { createLog } from '../app/log.ts'
import { endOnSignal } from './end-on-signal.ts'
import { welcome } from './welcome.ts'

/** `beadle start`: runs until it is told to end. */
export async function start({ config: path, version }: { config: string; version: string }): Promise<void> {
  const closeWith = endOnSignal()
  const config = await loadConfig(path)
  const log = await createLog(config.main.log)
  // A plugin that forgets a promise must not end the process for all others.
  process.on('unhandledRejection', err => log.error({ err }, 'a promise was rejected and nobody took notice'))
  const beadle = await startBeadle(config, log)
  closeWith(() => {
    log.info({}, 'stopping')
    return beadle.close()
  })
  process.stdout.write(welcome({ beadle, config, version }))
}
