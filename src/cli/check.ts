import { explainConfig } from '../app/explanation.ts'
import { loadBotSpecs } from '../app/plugins.ts'
import { refreshSchemas } from '../app/schemas.ts'
import { textGaps } from '../app/text-gaps.ts'
import { explanationText } from './explanation-text.ts'
import { loadConfigured } from './load-configured.ts'
import { usage } from './options.ts'
import { printJson } from './text.ts'

interface Options {
  readonly config: string
  readonly explain?: boolean
  /** False: plugins are not set up. */
  readonly setup: boolean
  readonly json?: boolean
}

/** `beadle check`: says whether the configuration would start, and if not, every problem of it. */
export async function check({ config: path, explain, setup: isSetUp, json }: Options): Promise<void> {
  if (!isSetUp && !explain) throw usage('--no-setup goes with --explain: without that no plugin is set up')
  const config = await loadConfigured(path)
  const bots = await loadBotSpecs(config)
  await refreshSchemas(path)
  if (explain) {
    const explanation = await explainConfig(config, bots, { isSetUp })
    if (json) printJson(explanation)
    else process.stdout.write(explanationText(explanation))
    if (explanation.problems.length > 0) process.exitCode = 1
    return
  }
  const gaps = textGaps(bots)
  if (json) {
    const about = bots.map(({ id, username, mode, plugins }) => ({
      ...{ id, username, mode },
      plugins: plugins.map(({ name }) => name),
    }))
    return printJson({ config: path, bots: about, ...(gaps.length > 0 ? { gaps } : {}) })
  }
  const lines = bots.map(({ id, username, mode, plugins }) => {
    return `  ${id} as ${username}${mode === 'shadow' ? ', in the shadow' : ''}: ${plugins.map(({ name }) => name).join(', ') || 'no plugins'}`
  })
  process.stdout.write(
    `${[`${path} is right.`, ...lines, ...gaps.map(gap => `  note: ${gap}`)].join('\n')}\n`,
  )
}
