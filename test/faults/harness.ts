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
  /** Answers to the messages of a conversation, in another order than those were taken in. */
  readonly disordered: readonly string[]
}

export const clean: Omit<Verdict, 'figures'> = { lost: [], twice: [], strange: [], disordered: [] }

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
      await sleep(kill % 12 === 1 ? 2100 + random() * 900 : random() * 400)
    }
    await program.kill()
    program = await town.start()
    if (kill % 25 === 24) console.log(`${kill + 1} of ${kills} kills, ${town.load.accepted.size} calls taken`)
  }
  await program.says(/Ready\./)
  return program
}

/**
 * How long all may take to come to rest: for each thing that was taken, too, as where starts take long next to nothing
 * is done between the kills, and the load goes on all the while.
 */
const PATIENCE_MS = 120_000
const MS_EACH = 10

/** Ends the load, waits until everything came to rest, and counts. */
export async function settle(town: Town, program: Program): Promise<Verdict> {
  const { load, jmessage, group } = town
  await load.stop()
  await jmessage.must('DELETE', '/sandbox/faults')
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
    { everyMs: 250, patienceMs: PATIENCE_MS + MS_EACH * (load.accepted.size + load.said.length) },
  ).catch(async (error: Error) => {
    console.log(error.message)
    verdict = await judge(town)
  })
  const posts = (await jmessage.history({ group })).length
  const { accepted, repeated, said } = load
  const figures = `${accepted.size} webhooks accepted, ${repeated} calls of them repeated; ${said.length} messages of users; ${posts} in the group; ${counts(verdict)}`
  return { ...verdict, figures }
}

const counts = ({ lost, twice, disordered }: Verdict): string =>
  `${lost.length} lost, ${twice.length} twice, ${disordered.length} out of order`

async function judge(town: Town): Promise<Verdict> {
  const { jmessage, load, group, other } = town
  const { accepted, said, unsureSaid } = load
  const texts = await jmessage.texts({ group })
  const inGroup = countOf(texts)
  const inOther = countOf(await jmessage.texts({ group: other }))
  const due = [
    ...[...accepted].map(n => [inGroup, `posted ${n}`] as const),
    ...[...accepted].filter(isForBoth).map(n => [inOther, `posted ${n}`] as const),
    ...said.flatMap(n => [[inGroup, `/say ${n}`] as const, [inGroup, `heard ${n}`] as const]),
  ]
  const known = new Set([
    ...[...accepted].map(n => `posted ${n}`),
    ...[...said, ...unsureSaid].flatMap(n => [`/say ${n}`, `heard ${n}`]),
  ])
  const found = [...inGroup, ...inOther]
  return {
    figures: '',
    lost: due.filter(([counts, text]) => !counts.has(text)).map(([, text]) => text),
    twice: found.filter(([, count]) => count > 1).map(([text, count]) => `${text} (${count} times)`),
    strange: found.map(([text]) => text).filter(text => !known.has(text)),
    disordered: disorderedIn(texts, await town.said()),
  }
}

/** Answers that come before the one to what was said earlier. */
function disorderedIn(texts: readonly string[], said: readonly string[]): string[] {
  const places = new Map(said.map((text, place) => [text.replace('/say ', 'heard '), place]))
  const heard = texts.filter(text => places.has(text))
  return heard.filter((text, index) => index > 0 && places.get(text)! < places.get(heard[index - 1]!)!)
}

const isForBoth = (n: number): boolean => n % 2 === 0

function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
