import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Problem } from '../../../src/app/config/index.ts'
import { ConfigError, formatProblem, type LoadedConfig, loadConfig } from '../../../src/app/config/index.ts'
import { sortProblems } from '../../../src/app/config/problem.ts'

/** Writes files into a new folder that goes away with the test, and returns the folder. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

export const KEYS = `jmessage:
  appKey: 0123456789abcdefABCDEF01
  masterSecret: abcdefghijklmnopqrstuvwx
`

/** One more app, after {@link KEYS}. */
export const SHOP = `apps:
  shop:
    appKey: shop56789abcdefABCDEF012
    masterSecret: shopefghijklmnopqrstuvwx
`

export const HERALD = 'username: herald-bot\n'

/** Loads config.yaml of a folder with these files; `KEYS` and `HERALD` are there unless others are given. */
export async function load(
  files: Readonly<Record<string, string | Uint8Array>>,
  env: Readonly<Record<string, string>> = {},
): Promise<LoadedConfig & { readonly folder: string }> {
  const folder = folderWith({ 'config.yaml': KEYS, 'bots/herald.yaml': HERALD, ...files })
  return { ...(await loadConfig(join(folder, 'config.yaml'), { env })), folder }
}

/** What is said about these files, each problem as a person sees it, with the folder left out. */
export async function complaints(
  files: Readonly<Record<string, string | Uint8Array>>,
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const folder = folderWith({ 'config.yaml': KEYS, 'bots/herald.yaml': HERALD, ...files })
  try {
    await loadConfig(join(folder, 'config.yaml'), { env })
    return []
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return written(thrown.problems).map(text => text.replaceAll(`${folder}/`, ''))
  }
}

/** Problems as text, in their order. */
export const written = (problems: readonly Problem[]): string[] => sortProblems(problems).map(formatProblem)
