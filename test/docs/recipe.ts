import * as nodeServer from '@hono/node-server'
import type { PluginDefinition } from 'beadle'
import * as beadle from 'beadle'
import * as app from 'beadle/app'
import { type PluginUse, world } from 'beadle/testing'
import * as hono from 'hono'
import ts from 'typescript'
import { parse } from 'yaml'
import { fencesOf, read } from './markdown.ts'

const PACKAGES: Readonly<Record<string, unknown>> = {
  beadle,
  'beadle/app': app,
  hono,
  '@hono/node-server': nodeServer,
}

/** What stands for every secret of the environment. */
export const SECRET = 'a-long-secret'

const document = read('docs/cookbook.md')

/** The titles of the recipes. */
export const titles = [...document.matchAll(/^## (.+)$/gm)].map(([, title]) => title!)

const fenceOf = (title: string, language: string): string | undefined =>
  fencesOf(document, title).find(fence => fence.language === language)?.code

/** The code of a recipe. */
export function codeOf(title: string): string {
  const code = fenceOf(title, 'ts')
  if (code === undefined) throw new Error(`the recipe "${title}" has no code`)
  return code
}

/** Runs the code of a recipe as a module; resolves with what it exports, and what else of it is named. */
export async function load(title: string, named: readonly string[] = []): Promise<Record<string, unknown>> {
  const { outputText } = ts.transpileModule(codeOf(title), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  })
  const exported: Record<string, unknown> = {}
  const body = `return (async () => { ${outputText}\nObject.assign(exports, { ${named.join(', ')} }) })()`
  await new Function('require', 'exports', body)((name: string) => PACKAGES[name], exported)
  return exported
}

interface BotFile {
  readonly roles?: Readonly<Record<string, readonly string[]>>
  readonly plugins: Readonly<Record<string, { readonly use?: string } & Record<string, unknown>>>
}

/**
 * A world with the bot of a recipe, by the lines of its file.
 *
 * @param options.replace  of those lines, what a test has something else for
 */
export async function cook(
  title: string,
  { replace: [from, to] = ['', ''] }: { readonly replace?: readonly [string, string] } = {},
) {
  const lines = (fenceOf(title, 'yaml') ?? '').replace(/\$\{\w+\}/g, SECRET).replace(from, to)
  const { roles, plugins } = parse(lines) as BotFile
  const known = Object.values(await load(title)).filter(isPlugin)
  const uses = Object.entries(plugins).map(([name, { use = name, ...config }]): PluginUse => {
    const found = known.find(plugin => plugin.name === use)
    if (!found) throw new Error(`the recipe "${title}" has no plugin called ${use}`)
    return { use: found, name, config }
  })
  return world({ groups: ['square', 'market'], bot: roles ? { roles } : {}, plugins: uses })
}

const isPlugin = (value: unknown): value is PluginDefinition =>
  typeof value === 'object' && value !== null && 'setup' in value
