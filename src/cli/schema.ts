import { relative } from 'node:path'
import { makeSchemas, schemaFolder, writeSchemas } from '../app/schemas.ts'
import { printJson } from './text.ts'

/** `beadle schema`: writes JSON Schemas by which editors complete and check config.yaml and the files of bots. */
export async function schema(options: { config: string; out?: string; json?: boolean }): Promise<void> {
  const { config, out = schemaFolder(config), json } = options
  const schemas = await makeSchemas(config)
  const paths = writeSchemas(schemas, out).map(shown)
  if (json) {
    const problems = schemas.broken.map(({ plugin, error: { message } }) => ({ plugin, message }))
    return printJson({ files: paths, open: problems.map(({ plugin }) => plugin), problems })
  }
  for (const { plugin, error } of schemas.broken)
    process.stderr.write(`warning: the settings of plugin ${plugin} are left open: ${error.message}\n`)
  process.stdout.write(`${paths.join('\n')}\n`)
  if (out !== schemaFolder(config)) return
  process.stdout.write(`
Editors find them by the first line of a file. In ${config}:
  # yaml-language-server: $schema=./.beadle/config.schema.json
In the file of a bot:
  # yaml-language-server: $schema=../.beadle/bot.schema.json
`)
}

const shown = (path: string): string => {
  const here = relative('', path)
  return here.startsWith('..') ? path : here
}
