import { examine, type Finding } from '../app/doctor/doctor.ts'
import { plain, printJson } from './text.ts'

interface Options {
  readonly config: string
  readonly offline?: boolean
  /** False: plugins are not set up. */
  readonly setup: boolean
  readonly json?: boolean
}

const MARKS = { ok: '✓', warning: '!', failure: '✗' } as const

/** `beadle doctor`: says what is wrong, and what to do; the exit code is 1 where something keeps it from working. */
export async function doctor({
  config,
  offline = false,
  setup: isSetUp,
  json = false,
}: Options): Promise<void> {
  const findings: Finding[] = []
  const progress = progressLine(json)
  for await (const finding of examine(config, { offline, isSetUp, onCheck: progress.show })) {
    findings.push(finding)
    progress.clear()
    if (!json) process.stdout.write(lineOf(finding))
  }
  progress.clear()
  const count = (state: Finding['state']) => findings.filter(one => one.state === state).length
  const [failures, warnings] = [count('failure'), count('warning')]
  process.exitCode = failures > 0 ? 1 : 0
  if (json) printJson({ ok: failures === 0, findings })
  else process.stdout.write(`\n${verdict(failures, warnings)}\n`)
}

function lineOf({ state, check, text, hint }: Finding): string {
  const more = state === 'ok' || hint === undefined ? '' : `\n    → ${plain(hint, 500)}`
  return `${MARKS[state]} ${check}: ${plain(text, 500)}${more}\n`
}

function verdict(failures: number, warnings: number): string {
  const told = [
    ...(failures > 0 ? [`${failures} ${failures === 1 ? 'thing' : 'things'} to mend`] : []),
    ...(warnings > 0 ? [`${warnings} to know of`] : []),
  ]
  return told.length > 0 ? `${told.join(', ')}.` : 'All is well.'
}

/** On a terminal, for a person: what is being looked at. */
function progressLine(json: boolean): { show: (name: string) => void; clear: () => void } {
  if (json || process.stderr.isTTY !== true) return { show() {}, clear() {} }
  return {
    show: name => void process.stderr.write(`\r\u001b[K… ${name}`),
    clear: () => void process.stderr.write('\r\u001b[K'),
  }
}
