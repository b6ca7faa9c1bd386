import { startBeadle } from '../app/beadle.ts'
import { KnownSecrets, secretsOf } from '../app/hide-secrets.ts'
import { createLog } from '../app/log.ts'
import { Strays } from '../app/strays.ts'
import { systemClock } from '../base/clock.ts'
import { endOnSignal } from './end-on-signal.ts'
import { loadConfigured, withoutSecrets } from './load-configured.ts'
import { reloadOnSignal } from './reload-on-signal.ts'
import { welcome } from './welcome.ts'

/** `beadle start`: runs until it is told to end. */
export async function start({ config: path, version }: { config: string; version: string }): Promise<void> {
  const closeWith = endOnSignal()
  const reloadWith = reloadOnSignal()
  const config = await loadConfigured(path)
  const secrets = new KnownSecrets(secretsOf(config))
  const log = await createLog(config.main.log, secrets)
  // A plugin that forgets a promise must not end the process for all others.
  const strays = new Strays({ log, clock: systemClock })
  strays.watch()
  const beadle = await startBeadle(config, log, { version, strays, secrets })
  closeWith(() => {
    log.info({}, 'stopping')
    return beadle.close()
  }, config.main.drainMs)
  reloadWith(() => beadle.reload())
  process.stdout.write(withoutSecrets(welcome({ beadle, config, version })))
}
