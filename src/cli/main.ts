import { readFileSync } from 'node:fs'
import { tuneEngine } from '../base/engine.ts'
import { explain } from './explain.ts'
import { withoutSecrets } from './load-configured.ts'
import { buildProgram } from './program.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

tuneEngine()

// Whoever read the output, such as `head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await buildProgram(version).parseAsync()
} catch (error) {
  process.stderr.write(`${withoutSecrets(explain(error))}\n`)
  process.exitCode = 1
}
