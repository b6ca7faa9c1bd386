import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { AppError } from '../base/errors.ts'
import * as publicFace from '../index.ts'
import { PluginLoader } from '../runtime/plugin/loading/loader.ts'
import { DEFAULT_LANGUAGE } from '../runtime/texts/language.ts'
import { localised } from '../runtime/texts/localised.ts'
import { besideConfig } from './config/edit/index.ts'
import { foldersOf } from './config/folders.ts'
import { botSchema, configSchema, type DescribedPlugin } from './config/json-schema/index.ts'

/** The JSON Schemas of a configuration, and plugins whose settings are not in them. */
export interface Schemas {
  /** By the names of their files. */
  readonly files: Readonly<Record<string, string>>
  readonly broken: readonly { readonly plugin: string; readonly error: Error }[]
}

const CONFIG_SCHEMA = 'config.schema.json'
const BOT_SCHEMA = 'bot.schema.json'
/** Who has more plugins has them described by name only. */
const MOST_PLUGINS = 500

/** Where the schemas of a configuration are, unless they are written elsewhere. */
export const schemaFolder = (config: string): string => besideConfig(config)

/** Makes the schemas of config.yaml and of bots, with the settings of every plugin in the folders that it names. */
export async function makeSchemas(config: string): Promise<Schemas> {
  const folders = foldersOf(config).plugins
  const loader = new PluginLoader({ folders, publicFace })
  const plugins: DescribedPlugin[] = []
  const broken: { plugin: string; error: Error }[] = []
  for (const name of namesIn(folders, loader)) {
    try {
      const { description, config } = await loader.load(name)
      plugins.push({ name, description: localised(description, DEFAULT_LANGUAGE), config })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      broken.push({ plugin: name, error })
    }
  }
  const files = { [CONFIG_SCHEMA]: configSchema(), [BOT_SCHEMA]: botSchema(plugins) }
  const texts = Object.entries(files).map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`])
  return { files: Object.fromEntries(texts), broken }
}

/** Writes schemas into a folder; those that are there already are left alone. Returns the paths of all. */
export function writeSchemas({ files }: Schemas, folder: string): string[] {
  return Object.entries(files).map(([name, text]) => {
    const path = join(folder, name)
    try {
      mkdirSync(folder, { recursive: true })
      if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      throw new AppError(`${path} cannot be written (${code})`, {
        code: 'schema.unwritable',
        hint: 'Name another folder: beadle schema --out DIR.',
        cause,
      })
    }
    return path
  })
}

/** Brings the schemas beside a config.yaml up to date, if they are there. That they cannot be is nobody's trouble. */
export async function refreshSchemas(config: string): Promise<void> {
  const folder = schemaFolder(config)
  if (!existsSync(join(folder, CONFIG_SCHEMA))) return
  try {
    writeSchemas(await makeSchemas(config), folder)
  } catch {
    // The folder may be read only.
  }
}

/** Names of the plugins in some folders, each once. */
function namesIn(folders: readonly string[], loader: PluginLoader): string[] {
  const names = folders.flatMap(folder => {
    try {
      return readdirSync(folder, { withFileTypes: true }).map(entry =>
        entry.isDirectory() ? entry.name : parse(entry.name).name,
      )
    } catch {
      return []
    }
  })
  const plugins = [...new Set(names)].filter(name => /^[a-z0-9-]{1,40}$/.test(name) && loader.find(name))
  return plugins.sort().slice(0, MOST_PLUGINS)
}
