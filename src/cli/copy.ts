import { CopyError, type CopyProgress, copyDatabase } from '../app/copy.ts'
import { readDatabase, readSchemas } from '../app/databases.ts'
import { tellError } from './error-report.ts'
import { Meter, type Step } from './meter.ts'
import { printLine } from './text.ts'

interface Options {
  readonly from: string
  readonly to: string
  readonly schema?: string
  readonly json?: boolean
}

/** What a shell makes of a signal that ended a program. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const

/** `beadle copy`: copies a database into another, from engine to engine. */
export async function copy(options: Options): Promise<void> {
  const { json = false } = options
  const [from, to] = [readDatabase('--from', options.from), readDatabase('--to', options.to)]
  const schemas = readSchemas(options.schema)
  const meter = new Meter(json)
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second one does not wait for the page that is under way.
      if (stopped.signal.aborted) process.exit(CODES[signal])
      process.exitCode = CODES[signal]
      stopped.abort()
    })
  }
  try {
    const request = { from, to, schemas, signal: stopped.signal }
    const result = await copyDatabase({ ...request, onProgress: progress => meter.show(stepOf(progress)) })
    meter.end()
    if (json) return printLine({ done: true, ...result })
    const rows = result.tables.reduce((sum, table) => sum + table.rows, 0)
    const counts = `${rows.toLocaleString('en')} rows in ${result.tables.length} tables`
    const what = result.already ? `All was copied already: ${counts}` : `Copied ${counts}`
    process.stdout.write(`${what}, the same on both sides.\n`)
  } catch (error) {
    meter.end()
    if (json && error instanceof CopyError) {
      const { code, message, hint } = error
      printLine({ done: false, error: { code, message, hint } })
    }
    tellError(error, json)
    // What a copy is refused for says what to do; whatever else came in between does not.
    if (!json && !(error instanceof CopyError) && meter.hasBegun)
      process.stderr.write('        What was copied is kept: the same command goes on where it was.\n')
    process.exitCode ??= 1
  }
}

const VERBS = { copy: 'copying', verify: 'comparing' } as const

const stepOf = ({ phase, table, rows, total, before }: CopyProgress): Step => ({
  phase,
  what: `${VERBS[phase]} ${table}`,
  ...{ done: rows, total, before, unit: 'rows' },
  json: { phase, table, rows },
})
