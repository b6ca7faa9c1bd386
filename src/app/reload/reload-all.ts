import { sleep, systemClock } from '../../base/clock.ts'
import { askReload, type Node, type NodeAnswer, nodesOf, reloadAnswers } from '../../runtime/reloads/ask.ts'
import { beside } from '../beside.ts'
import type { LoadedConfig } from '../config/index.ts'

export type { NodeAnswer }

/** What came of a reload of all processes that work on a database. */
export interface ReloadOutcome {
  /** Of the reload. */
  readonly id: string
  readonly answers: readonly NodeAnswer[]
  /** Processes that did not answer in time; `hasEnded`, they ended meanwhile. */
  readonly silent: readonly (Node & { readonly hasEnded: boolean })[]
}

/** Told how a reload goes on. */
export interface ReloadProgress {
  /** @param nodes  who is waited for; `undefined` where nobody notes who works on the database */
  asked(nodes: readonly Node[] | undefined): void
  answered(answer: NodeAnswer): void
}

const LOOK_MS = 100

/** Asks every process that works on the database of a configuration to reload theirs, and waits for their answers. */
export const reloadAll = (
  config: LoadedConfig,
  waitMs: number,
  progress: ReloadProgress,
): Promise<ReloadOutcome> =>
  beside(config, async store => {
    const begunAt = systemClock.now()
    const asked = await nodesOf(store)
    const id = await askReload(store, begunAt)
    progress.asked(asked)
    const answers = new Map<string, NodeAnswer>()
    for (;;) {
      for (const answer of await reloadAnswers(store, id)) {
        if (answers.has(answer.id)) continue
        answers.set(answer.id, answer)
        progress.answered(answer)
      }
      const left = asked?.filter(node => !answers.has(node.id)) ?? []
      const live = left.length > 0 ? new Set((await nodesOf(store))?.map(node => node.id)) : undefined
      const silent = left.map(node => ({ ...node, hasEnded: !live!.has(node.id) }))
      const isOver = asked ? silent.every(({ hasEnded }) => hasEnded) : answers.size > 0
      if (isOver || systemClock.now() - begunAt >= waitMs)
        return { id, answers: [...answers.values()], silent }
      await sleep(systemClock, LOOK_MS)
    }
  })
