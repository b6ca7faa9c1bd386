import { readFileSync } from 'node:fs'
import { tuneEngine } from '../base/engine.ts'
import { endNow } from './end-now.ts'
import { staysUp } from './end-on-signal.ts'
import { buildProgram } from './program.ts'
import { runProgram } from './run-program.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

tuneEngine()

// Whoever read the output, such as `head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

await runProgram(buildProgram(version), process.argv.slice(2))
// A plugin that was loaded or set up may keep something open.
if (!staysUp()) endNow()
