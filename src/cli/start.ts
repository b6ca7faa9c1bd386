import { type Beadle, startBeadle } from '../app/beadle.ts'
import type { LoadedConfig } from '../app/config/index.ts'
import { KnownSecrets, secretsOf } from '../app/hide-secrets.ts'
import { createLog } from '../app/log.ts'
import { Strays } from '../app/strays.ts'
import { systemClock } from '../base/clock.ts'
import { endOnSignal } from './end-on-signal.ts'
import { loadConfigured, withoutSecrets } from './load-configured.ts'
import { reloadOnSignal } from './reload-on-signal.ts'
import { printLine } from './text.ts'
import { welcome } from './welcome.ts'

interface StartOptions {
  readonly config: string
  readonly version: string
  readonly json?: boolean
}

/** `beadle start`: runs until it is told to end. */
export async function start({ config: path, version, json }: StartOptions): Promise<void> {
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
  if (json) return printLine({ ready: true, version, ...whereOf(beadle, config) })
  process.stdout.write(withoutSecrets(welcome({ beadle, config, version })))
}

/** Where it is reached, and which bots run, for programs. */
const whereOf = ({ url, serverUrl, bots }: Beadle, { main }: LoadedConfig) => ({
  url,
  jmessage: serverUrl ?? main.jmessage.endpoint,
  embedded: serverUrl !== undefined,
  bots: bots.map(({ id, username, mode, plugins }) => ({
    ...{ id, username, mode },
    plugins: plugins.map(({ name }) => name),
  })),
})
