import {
  type NodeAnswer,
  type ReloadOutcome,
  type ReloadProgress,
  reloadAll,
} from '../app/reload/reload-all.ts'
import { loadConfigured } from './load-configured.ts'
import { readWait } from './options.ts'
import { plain, printJson } from './text.ts'

const REFUSED = 1
const NO_ANSWER = 2

/** `beadle reload`: has every process read its configuration anew, and tells what came of it in each. */
export async function reload(options: { config: string; wait: string; json?: boolean }): Promise<void> {
  const { wait, json = false } = options
  const waitMs = readWait(wait)
  const outcome = await reloadAll(await loadConfigured(options.config), waitMs, json ? silence : told(wait))
  process.exitCode = codeOf(outcome)
  if (json) return printJson(outcomeForPrograms(outcome))
  const { answers, silent } = outcome
  for (const { name, hasEnded } of silent)
    process.stdout.write(`${name}: ${hasEnded ? 'ended before it answered' : 'has not answered'}\n`)
  if (answers.length === 0 && silent.length === 0)
    process.stdout.write('No Beadle has answered: none works on this database, or it is busy.\n')
  const warning = differing(answers)
  if (warning) process.stderr.write(`${warning}\n`)
}

function codeOf({ answers, silent }: ReloadOutcome): number {
  if (answers.some(({ answer }) => !answer.ok)) return REFUSED
  return silent.length > 0 || answers.length === 0 ? NO_ANSWER : 0
}

const silence: ReloadProgress = { asked: () => {}, answered: () => {} }

const told = (wait: string): ReloadProgress => ({
  asked(nodes) {
    if (nodes && nodes.length > 1)
      process.stdout.write(`Asked ${nodes.length} nodes; waiting for them, for ${wait} at most.\n`)
  },
  answered: answer => void process.stdout.write(`${linesOf(answer).join('\n')}\n`),
})

function linesOf({ name, answer }: NodeAnswer): string[] {
  const { ok, hash, changes, restart, problems } = answer
  const what = ok ? (changes.length > 0 ? 'reloaded' : 'nothing has changed') : 'not as its files say'
  return [
    `${name}: ${what}; it runs configuration ${hash}`,
    ...changes.map(({ bot, how, what }) => {
      const details = what.length > 0 ? `: ${what.join(', ')}` : ''
      return `  bot ${bot} ${how}${plain(details, 500)}`
    }),
    ...problems.flatMap(problem => problem.split('\n').map(line => `  ! ${plain(line, 500)}`)),
    ...restart.map(field => `  ${field} takes a restart`),
  ]
}

/** Nodes whose files differ do not do the same. */
function differing(answers: readonly NodeAnswer[]): string | undefined {
  const [first, ...others] = answers
  const other = others.find(({ answer }) => answer.hash !== first!.answer.hash)
  if (!first || !other) return undefined
  return `warning: ${other.name} runs another configuration than ${first.name}: compare their files`
}

const outcomeForPrograms = ({ id, answers, silent }: ReloadOutcome) => ({
  reload: id,
  same: new Set(answers.map(({ answer }) => answer.hash)).size <= 1,
  nodes: [
    ...answers.map(({ id, name, answer }) => ({ id, name, answered: true, ...answer })),
    ...silent.map(node => ({ ...node, answered: false })),
  ],
})
