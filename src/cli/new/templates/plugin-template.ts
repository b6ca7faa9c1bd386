import { command } from './command.ts'
import { dialogue } from './dialogue.ts'
import { schedule } from './schedule.ts'
import { webhook } from './webhook.ts'

/** What a plugin begins as. The texts are of files that pass lint, types and their own test. */
export interface PluginTemplate {
  /** In a few words, for who has to choose. */
  readonly about: string
  readonly index: (name: string) => string
  /** The test; `open` and `close` are how a world is begun and ended in the language of the plugin. */
  readonly test: (name: string, world: WorldLines) => string
  readonly readme: (name: string) => string
  /** Settings for a bot's file. Secrets in them are made anew each time. */
  readonly settings: () => Readonly<Record<string, unknown>>
}

/** How a test begins: its world, ended with it. */
export interface WorldLines {
  /** What is imported from vitest, in the order of the alphabet. */
  readonly vitest: (...names: readonly string[]) => string
  readonly open: (settings: string) => string
  /** The file of the plugin, as the test imports it. */
  readonly file: string
}

export const templates = { command, dialogue, webhook, schedule } satisfies Readonly<
  Record<string, PluginTemplate>
>

export type TemplateName = keyof typeof templates

export const isTemplate = (name: string): name is TemplateName => Object.hasOwn(templates, name)

/** `await using` where the language has it; a line more where it has not. */
export const worldLines = (language: 'ts' | 'js'): WorldLines => {
  const isTs = language === 'ts'
  return {
    file: `./index.${language}`,
    vitest: (...names) => {
      const all = isTs ? names : [...names, 'onTestFinished']
      return `import { ${[...all].sort().join(', ')} } from 'vitest'`
    },
    open: settings =>
      isTs
        ? `await using w = await world({ plugins: [{ use: plugin${settings} }] })`
        : `const w = await world({ plugins: [{ use: plugin${settings} }] })\n  onTestFinished(() => w.close())`,
  }
}
