import type { LoadedConfig } from '../app/config/index.ts'
import { type Difference, type DryReplay, type DryResult, dryReplay } from '../app/dry-run.ts'
import { secretsOf } from '../app/hide-secrets.ts'
import { createLog } from '../app/log.ts'
import { callText } from './call-text.ts'
import { plain, printJson } from './text.ts'

/** Prints what plugins would do with events, and how that differs from what they did. */
export async function dryRun(config: LoadedConfig, what: DryReplay, json: boolean): Promise<void> {
  const log = await createLog({ level: 'warn', format: config.main.log.format }, secretsOf(config))
  const results: DryResult[] = []
  const tell = (result: DryResult) => {
    if (result.error !== undefined) process.exitCode = 1
    if (json) results.push(result)
    else process.stdout.write(`${linesOf(result).join('\n')}\n`)
  }
  await dryReplay(config, what, { log, tell })
  if (json) printJson(results)
}

function linesOf({ event, type, bot, plugin, differences, error }: DryResult): string[] {
  const lines = [`${event}  ${type}  ${bot}/${plugin}`]
  if (error !== undefined) lines.push(`  ! ${plain(error, 300)}`)
  if (differences.length === 0 && error === undefined) lines.push('  no calls')
  return [...lines, ...differences.flatMap(differenceLines)]
}

const SIGNS = { same: '=', changed: '~', new: '+', missing: '-' } as const

function differenceLines(difference: Difference): string[] {
  const line = `  ${SIGNS[difference.kind]} ${callText(difference.call)}`
  if (difference.kind !== 'changed') return [line]
  const values = difference.changes.flatMap(({ path, was, is }) => [
    ...(was === undefined ? [] : [`      - ${plain(path)}: ${plain(JSON.stringify(was), 200)}`]),
    ...(is === undefined ? [] : [`      + ${plain(path)}: ${plain(JSON.stringify(is), 200)}`]),
  ])
  return [line, ...values]
}
