import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { AppError, asError } from '../../../base/errors.ts'
import type { PluginDefinition } from '../define.ts'
import { jitiFor } from './jiti.ts'
import { isPluginPackage, packageFile } from './plugin-package.ts'
import type { PluginSources } from './plugin-sources.ts'

const EXTENSIONS = ['ts', 'mts', 'js', 'mjs']

export interface LoaderOptions {
  /** Folders in which plugins are looked for. */
  readonly folders: readonly string[]
  /** Folder of the project, from which packages are found that are plugins. Default: none are. */
  readonly project?: string | undefined
  /** What `import … from 'beadle'` gives a plugin: the running instance, not a second copy. */
  readonly publicFace: object
  /** Notes which files each plugin is loaded from, for whoever loads it anew when they change. */
  readonly sources?: PluginSources | undefined
}

/** Finds plugins and imports them, TypeScript as well as JavaScript. Each load reads the files anew. */
export class PluginLoader {
  readonly #options: LoaderOptions

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  /**
   * The file of a plugin: `<folder>/<name>/index.ts` or `<folder>/<name>.ts`, or `.js`; or that of a package called
   * `beadle-plugin-…` or `@scope/…`.
   */
  find(name: string): string | undefined {
    for (const folder of this.#options.folders) {
      const base = isAbsolute(name) ? name : join(folder, name)
      for (const extension of EXTENSIONS) {
        for (const file of [join(base, `index.${extension}`), `${base}.${extension}`])
          if (existsSync(file)) return file
      }
    }
    const { project } = this.#options
    return project !== undefined && isPluginPackage(name) ? packageFile(name, project) : undefined
  }

  /**
   * @throws AppError `plugin.unknown` when there is no such plugin, `plugin.load` when its file cannot be loaded,
   * `plugin.export` when it does not export a plugin
   */
  async load(name: string): Promise<PluginDefinition> {
    const file = this.find(name)
    if (!file) {
      throw new AppError(`there is no plugin '${name}'`, {
        code: 'plugin.unknown',
        hint: this.#whereLooked(name),
      })
    }
    return this.loadFile(file, name)
  }

  /** As {@link load}, of a file that was found. */
  async loadFile(file: string, name: string): Promise<PluginDefinition> {
    const { publicFace, sources } = this.#options
    const jiti = jitiFor(file, {
      virtualModules: { beadle: publicFace as Record<string, unknown> },
      ...(sources ? { fsCache: false, transform: sources.begin(file) } : {}),
    })
    let definition: unknown
    try {
      definition = await jiti.import(file, { default: true })
    } catch (thrown) {
      const cause = asError(thrown)
      throw new AppError(`plugin '${name}' cannot be loaded from ${file}: ${cause.message}`, {
        code: 'plugin.load',
        hint: 'Mend the file and start again.',
        cause,
      })
    }
    if (!isDefinition(definition)) {
      throw new AppError(`${file} does not export a plugin`, {
        code: 'plugin.export',
        hint: `Write: export default definePlugin({ name: '${name}', setup(ctx) { … } })`,
      })
    }
    return definition
  }

  #whereLooked(name: string): string {
    const { folders, project } = this.#options
    const files = `Looked for ${name}/index.ts and ${name}.ts (or .js) in ${folders.join(', ')}`
    if (project === undefined) return `${files}.`
    if (isPluginPackage(name))
      return `Looked for a package of this name from ${project}: npm install ${name.split('/', name.startsWith('@') ? 2 : 1).join('/')}`
    return `${files}. Packages are found by use: beadle-plugin-… or use: '@scope/…'.`
  }
}

const isDefinition = (value: unknown): value is PluginDefinition =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as PluginDefinition).name === 'string' &&
  typeof (value as PluginDefinition).setup === 'function'
