import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'
import type { Town } from './town.ts'

/** What was found in the history, against what was taken. Empty lists: nothing lost, nothing said twice. */
export interface Verdict {
  readonly figures: string
  /** Taken, and not there. */
  readonly lost: readonly string[]
  /** There more than once. */
  readonly twice: readonly string[]
  /** There, though nobody asked for it. */
  readonly strange: readonly string[]
}

/**
 * Kills Beadle again and again, and starts it on the same data each time: most times a moment after it is ready, now
 * and then later, when it has looked up what was in doubt, or before it is up at all.
 */
export async function killAgainAndAgain(town: Town, kills: number, random: () => number): Promise<Program> {
  let program = await town.start()
  for (let kill = 0; kill < kills; kill++) {
    if (kill % 6 === 5) await sleep(random() * 700)
    else {
      await program.says(/Ready\./)
      await sleep(kill % 6 === 1 ? 2100 + random() * 900 : 150 + random() * 750)
    }
    await program.kill()
    program = await town.start()
  }
  await program.says(/Ready\./)
  return program
}

/** Ends the load, waits until everything came to rest, and counts. */
export async function settle(town: Town, program: Program): Promise<Verdict> {
  const { load, jmessage, group } = town
  await load.stop()
  let verdict = await judge(town)
  await until(
    'everything that was taken is posted',
    async () => {
      if (!program.isRunning) throw new Error(`Beadle ended:\n${program.output}`)
      const { ready, waiting } = await town.health()
      if (!ready || waiting > 0) return false
      verdict = await judge(town)
      return verdict.lost.length === 0
    },
    { everyMs: 250 },
  ).catch(async (error: Error) => {
    console.log(error.message)
    verdict = await judge(town)
  })
  const posts = (await jmessage.history({ group })).length
  const { accepted, unsure, said } = load
  const figures = `${accepted.size} webhooks accepted, ${unsure.size} unanswered; ${said.length} messages of users; ${posts} in the group`
  return { ...verdict, figures }
}

async function judge({ jmessage, load, group, other }: Town): Promise<Verdict> {
  const { accepted, unsure, said, unsureSaid } = load
  const inGroup = countOf(await jmessage.texts({ group }))
  const inOther = countOf(await jmessage.texts({ group: other }))
  const due = [
    ...[...accepted].map(n => [inGroup, `posted ${n}`] as const),
    ...[...accepted].filter(isForBoth).map(n => [inOther, `posted ${n}`] as const),
    ...said.flatMap(n => [[inGroup, `/say ${n}`] as const, [inGroup, `heard ${n}`] as const]),
  ]
  const known = new Set([
    ...[...accepted, ...unsure].map(n => `posted ${n}`),
    ...[...said, ...unsureSaid].flatMap(n => [`/say ${n}`, `heard ${n}`]),
  ])
  const found = [...inGroup, ...inOther]
  return {
    figures: '',
    lost: due.filter(([counts, text]) => !counts.has(text)).map(([, text]) => text),
    twice: found.filter(([, count]) => count > 1).map(([text, count]) => `${text} (${count} times)`),
    strange: found.map(([text]) => text).filter(text => !known.has(text)),
  }
}

const isForBoth = (n: number): boolean => n % 2 === 0

function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

/** The numbers of all texts that begin with a word, in their order. */
export async function numbersOf({ jmessage, group }: Town, word: string): Promise<number[]> {
  const texts = await jmessage.texts({ group })
  return texts.filter(text => text.startsWith(`${word} `)).map(text => Number(text.slice(word.length + 1)))
}
