import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MAIN_APP } from '../../runtime/apps.ts'
import type { PluginLimits } from '../../runtime/dispatch/limits.ts'
import type { CommandRules } from '../../runtime/plugin/commands/commanding.ts'
import type { PluginDefinition } from '../../runtime/plugin/define.ts'
import { clip, type FieldPath } from './field-path.ts'
import type { Env } from './interpolate.ts'
import type { Problem } from './problem.ts'
import { type ReadText, readFailure, readText } from './read-text.ts'
import { pluginLimitsOf } from './resolve.ts'
import { BotFile } from './schema.ts'
import { validate } from './validate.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/** One plugin of a bot, as its file says; the settings are for the plugin's own schema to check. */
export interface PluginSettings {
  /** Unique within the bot. */
  readonly instance: string
  /** The plugin, where the instance has another name. */
  readonly use: string
  readonly enabled: boolean
  readonly isolation: 'none' | 'worker'
  readonly limits: Partial<PluginLimits>
  /** What is said of its commands. */
  readonly commands?: CommandRules
  /** Without what is the framework's. */
  readonly settings: unknown
  /** Where the settings are in the file. */
  readonly at: FieldPath
  /** The plugin itself, where a program gave it: it is not looked for. */
  readonly given?: { readonly definition: PluginDefinition; readonly file: string | undefined }
}

/** One bot: its id is the name of its file. */
export interface LoadedBot {
  readonly id: string
  readonly file: YamlFile
  readonly config: BotFile
  readonly pluginSettings: readonly PluginSettings[]
}

export interface LoadedBots {
  readonly bots: readonly LoadedBot[]
  readonly problems: readonly Problem[]
  /** Why there is no bot at all, as the rest of a sentence that starts with the folder. */
  readonly failure?: string
}

/** Reads every bot of a folder, in the order of their names. */
export function loadBots(
  folder: string,
  { env, readFile = readText }: { readonly env: Env; readonly readFile?: ReadText },
): LoadedBots {
  let names: string[]
  try {
    names = readdirSync(folder).filter(name => /^[^.].*\.ya?ml$/i.test(name))
  } catch (thrown) {
    return {
      bots: [],
      problems: [],
      failure: codeOf(thrown) === 'ENOTDIR' ? 'is no folder' : readFailure(thrown),
    }
  }
  if (names.length === 0) return { bots: [], problems: [], failure: 'has no .yaml file in it' }

  const bots: LoadedBot[] = []
  const problems: (readonly Problem[])[] = []
  for (const name of names.sort()) {
    const path = join(folder, name)
    const misnamed = nameProblem(path)
    if (misnamed) {
      problems.push([misnamed])
      continue
    }
    const file = readYaml(path, { env, readFile })
    problems.push(file.problems)
    if (file.broken) continue
    const checked = validate(file, BotFile)
    if (checked.problems) problems.push(checked.problems)
    else
      bots.push({
        id: name.slice(0, -5),
        file,
        config: checked.value,
        pluginSettings: pluginsOf(checked.value),
      })
  }
  return { bots, problems: [...problems.flat(), ...sharedUsernames(bots)] }
}

function nameProblem(path: string): Problem | undefined {
  const name = basename(path)
  const problem = (message: string, hint: string): Problem => ({
    file: path,
    line: 0,
    column: 0,
    field: '',
    message,
    hint,
  })
  if (!name.endsWith('.yaml'))
    return problem('is not read', `name it ${clip(name.replace(/\.ya?ml$/i, '.yaml'))}`)
  if (/^[a-z0-9-]{1,40}\.yaml$/.test(name)) return undefined
  return problem(
    'has a name that cannot be the id of a bot',
    'use 1 to 40 characters of a-z, 0-9 and -, then .yaml',
  )
}

export const pluginsOf = ({ plugins, isolation: usual }: BotFile): PluginSettings[] =>
  Object.entries(plugins).map(([instance, entry]) => {
    const {
      use = instance,
      enabled = true,
      isolation = usual,
      limits = {},
      commands,
      ...settings
    } = entry ?? {}
    const at = ['plugins', instance]
    const rules = commands ? { commands } : {}
    return { instance, use, enabled, isolation, limits: pluginLimitsOf(limits), ...rules, settings, at }
  })

/** Two bots of one username in one app would answer each other's messages. One in the shadow answers nobody. */
export function sharedUsernames(bots: readonly LoadedBot[]): Problem[] {
  const firsts = new Map<string, YamlFile>()
  return bots.flatMap(({ file, config: { app = MAIN_APP, username, mode } }) => {
    if (mode === 'shadow') return []
    const account = `${app}/${username}`
    const first = firsts.get(account)
    if (!first) {
      firsts.set(account, file)
      return []
    }
    const { line } = first.positionOf(['username'])
    const place = line > 0 ? `${first.path}:${line}` : first.path
    const message = `is the username of ${place} already (got "${username}")`
    const hint = 'every bot of an app needs a username of its own'
    return [{ file: file.path, ...file.positionOf(['username']), field: 'username', message, hint }]
  })
}

const codeOf = (thrown: unknown): unknown =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined
