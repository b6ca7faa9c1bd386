// Beadle's runtime with one bot, or some of several apps, calling the stub.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fleetOf } from '../../dist/app/fleet.js'
import { tuneEngine } from '../../dist/base/engine.js'
import { silentLog } from '../../dist/base/log.js'
import { createClient } from '../../dist/client/index.js'
import { Runtime } from '../../dist/runtime/runtime.js'
import { openStore } from '../../dist/store/index.js'
import { runtimeSchema } from '../../dist/store/schema/runtime.js'

// As the program does.
tuneEngine()

const keys = { appKey: 'bench00app00000000000001', masterSecret: 'bench00secret00000000001' }

/**
 * @param plugin  set up with the settings `{}` under the name `bench`
 * @param more  further `plugins` of the bot, an `observer`, other ways of the `log`, how much to `keep`, the
 *   `database`, by default a file of its own, and how many `bots` there are, all with the same plugin; or `apps`
 *   (`{ name, quota }`) and a list of `bots` in place of those
 */
export async function startRuntime(
  endpoint,
  plugin,
  { plugins = [], observer, log = {}, keep, database, apps, bots = 1 } = {},
) {
  const url = database ?? join(mkdtempSync(join(tmpdir(), 'beadle-bench-')), 'beadle.db')
  const store = await openStore(runtimeSchema, { url, synchronous: 'FULL' })
  const runtime = new Runtime({
    apps: (apps ?? [{ name: 'main' }]).map(({ name, quota }, index) => appOf(endpoint, name, quota, index)),
    store,
    bots: Array.isArray(bots)
      ? bots
      : alike(bots, [{ name: 'bench', definition: plugin, config: {} }, ...plugins]),
    baseDir: '.',
    log: logOf(log),
    observer,
    keep,
    ...(await fleetOf(store, logOf(log))),
  })
  await runtime.start()
  return runtime
}

const alike = (count, plugins) =>
  Array.from({ length: count }, (_, index) => ({
    id: index === 0 ? 'bench' : `bench-${index}`,
    username: index === 0 ? 'bench-bot' : `bench-bot-${index}`,
    plugins,
  }))

function appOf(endpoint, name, quota = 'off', index = 0) {
  const own = index === 0 ? keys : { ...keys, appKey: `bench${String(index).padStart(19, '0')}` }
  return { name, ...own, client: createClient({ endpoint, ...own, quota }) }
}

const logOf = more => {
  const log = { ...silentLog, error: (fields, message) => console.error(message, fields), ...more }
  return { ...log, child: () => log }
}
