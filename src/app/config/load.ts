import { dirname, join, relative, resolve } from 'node:path'
import { appProblems } from './app-problems.ts'
import type { Env } from './interpolate.ts'
import { type LoadedBot, type LoadedBots, loadBots } from './load-bots.ts'
import { readOverrides } from './overrides.ts'
import { ConfigError, type Problem } from './problem.ts'
import { type ReadText, readText } from './read-text.ts'
import { hasEmbedded, type MainConfig, resolveMain } from './resolve.ts'
import { MainFile } from './schema.ts'
import { validate, validateValue } from './validate.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/** Everything that was configured, checked except for the settings of plugins. */
export interface LoadedConfig {
  /** Of config.yaml, absolute. */
  readonly path: string
  readonly main: MainConfig
  /** What `main` is made of: config.yaml, with its defaults and what the environment says in its place. */
  readonly written: MainFile
  /** What config.yaml says. */
  readonly file: YamlFile
  readonly bots: readonly LoadedBot[]
}

export interface LoadConfigOptions {
  readonly env?: Env
  /** Reads the files. Default: from the disk. */
  readonly readFile?: ReadText
}

/**
 * Reads config.yaml and the bots that belong to it.
 *
 * Relative paths start at the folder of config.yaml. The variables BEADLE_DATABASE, BEADLE_LISTEN,
 * JMESSAGE_ENDPOINT, JMESSAGE_APP_KEY and JMESSAGE_MASTER_SECRET go over what the file says.
 *
 * @throws ConfigError with every problem of every file
 */
export async function loadConfig(
  configPath: string,
  { env = process.env, readFile = readText }: LoadConfigOptions = {},
): Promise<LoadedConfig> {
  const overrides = readOverrides(env)
  const file = readYaml(configPath, {
    env,
    readFile,
    overridden: overrides.fields,
    hintIfMissing: 'beadle start --config FILE',
  })
  if (file.broken) {
    // Where the bots are is not known for sure, so only what is wrong inside of them is told.
    const isThere = file.problems.some(({ line }) => line > 0)
    const bots = isThere ? loadBots(shownPath(configPath, './bots'), { env, readFile }).problems : []
    throw new ConfigError([...file.problems, ...bots])
  }

  const checked = validateValue(file, MainFile, overrides.applyTo(file.value ?? {}))
  const wrong = checked.problems?.map(overrides.blame) ?? []

  const folder = validate(file, MainFile.shape.bots, ['bots']).value
  const loaded = folder === undefined ? undefined : loadBots(shownPath(configPath, folder), { env, readFile })
  const missing = folder !== undefined && loaded ? folderProblem(file, folder, loaded) : []

  const path = resolve(configPath)
  const written = checked.value
  const main = written && resolveMain(written, dirname(path))
  const shared = main ? sharedAddress(file, main) : []
  const apps = main ? appProblems(file, main, loaded?.bots ?? []) : []
  const problems = [...file.problems, ...wrong, ...missing, ...(loaded?.problems ?? []), ...shared, ...apps]
  if (problems.length > 0 || !written || !main || !loaded) throw new ConfigError(problems)
  return { path, main, written, file, bots: loaded.bots }
}

/** A path of the file, as seen from where the file's own path starts: what a person can open as it is written. */
function shownPath(configPath: string, path: string): string {
  const folder = dirname(configPath)
  return join(folder, relative(resolve(folder), resolve(folder, path)))
}

function folderProblem(file: YamlFile, folder: string, { failure }: LoadedBots): Problem[] {
  if (failure === undefined) return []
  const hint = `put a file for each bot into it, such as ${join(folder, 'herald.yaml')}`
  const message = `the folder ${folder} ${failure}`
  return [{ file: file.path, ...file.positionOf(['bots']), field: 'bots', message, hint }]
}

function sharedAddress(file: YamlFile, main: MainConfig): Problem[] {
  const { listen, server } = main
  const same = listen.port === server.listen.port && listen.host === server.listen.host && listen.port !== 0
  if (!same || !hasEmbedded(main)) return []
  const message = `is the address of listen too (got ${listen.host}:${listen.port})`
  const hint = 'the embedded server needs a port of its own'
  const path = ['server', 'listen']
  return [{ file: file.path, ...file.positionOf(path), field: 'server.listen', message, hint }]
}
