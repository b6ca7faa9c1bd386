import { statSync } from 'node:fs'
import { isIP } from 'node:net'
import { type Address, hasEmbedded } from '../config/index.ts'
import { MASK } from '../config/shown-value.ts'
import { isPrivate } from '../who-may-look.ts'
import { type Check, type Finding, failure, ok, type Patient, warning } from './finding.ts'

type Found = Omit<Finding, 'check'>

/** What others could reach that they should not. */
export const exposure: Check = {
  name: 'exposure',
  look(patient) {
    const found = [...sandbox(patient), ...usualSecrets(patient), ...readableSecrets(patient)]
    return found.length > 0 ? found : [ok('nothing is open that should not be')]
  },
}

type Reach = 'this machine' | 'a private network' | 'everybody'

function reachOf({ host }: Address): Reach {
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return 'this machine'
  return isIP(host) !== 0 && isPrivate(host) ? 'a private network' : 'everybody'
}

function sandbox({ config: { main } }: Patient): Found[] {
  const { listen, sandbox } = main.server
  if (!sandbox || !hasEmbedded(main)) return []
  const reach = reachOf(listen)
  const text = `server.sandbox is on, and ${listen.host} is an address for ${reach}: whoever reaches it speaks as any user`
  const hint = 'Set server.sandbox to false, or server.listen to 127.0.0.1.'
  if (reach === 'everybody') return [failure(text, hint)]
  return reach === 'a private network' ? [warning(text, hint)] : []
}

/** The one that ships. */
const SHIPPED = 'beadle00townsecret000001'

function usualSecrets({ config: { main }, settings }: Patient): Found[] {
  const found: Found[] = []
  if (reachOf(main.listen) !== 'this machine')
    for (const { field, value, unset = [], place } of allOf(settings))
      if (value === MASK && unset.length > 0)
        found.push(
          warning(
            `${field} is the default that is written at ${place}, where others may read it`,
            `Set ${unset.join(', ')} before others reach ${main.listen.host}.`,
          ),
        )
  const isServing = hasEmbedded(main) && reachOf(main.server.listen) !== 'this machine'
  if (isServing && main.jmessage.masterSecret === SHIPPED)
    found.push(
      warning(
        'jmessage.masterSecret is the one that ships, which everybody knows',
        'Make one of your own: 24 letters and digits.',
      ),
    )
  return found
}

const allOf = ({ config, bots }: Patient['settings']) => [
  ...config.settings,
  ...bots.flatMap(({ settings, plugins }) => [...settings, ...plugins.flatMap(one => one.settings)]),
]

const OTHERS_READ = 0o004

function readableSecrets({ config }: Patient): Found[] {
  const files = [config.file, ...config.bots.map(({ file }) => file)]
  const paths = files.flatMap(({ references }) =>
    references.flatMap(({ reference }) => (reference.kind === 'file' ? [reference.path] : [])),
  )
  return [...new Set(paths)].flatMap(path => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    if ((mode & OTHERS_READ) === 0) return []
    return [warning(`${path} can be read by every user of this machine`, `chmod o-r ${path}`)]
  })
}
