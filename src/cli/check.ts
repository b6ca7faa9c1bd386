import { loadConfig } from '../app/config/index.ts'
import { loadBotSpecs } from '../app/plugins.ts'

/** `beadle check`: says whether the configuration would start, and if not, every problem of it. */
export async function check({ config: path }: { config: string }): Promise<void> {
  const config = await loadConfig(path)
  const bots = await loadBotSpecs(config)
  const lines = bots.map(({ id, username, mode, plugins }) => {
    return `  ${id} as ${username}${mode === 'shadow' ? ', in the shadow' : ''}: ${plugins.map(({ name }) => name).join(', ') || 'no plugins'}`
  })
  process.stdout.write(`${path} is right.\n${lines.join('\n')}\n`)
}
