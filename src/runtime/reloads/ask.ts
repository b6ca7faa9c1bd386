import { idMaker } from '../../base/ids.ts'
import { change, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { databaseTime, liveNodes, notification } from '../fleet/fleet-rows.ts'
import { writeNews } from '../fleet/news.ts'
import { answersTo, insertReload } from './reload-rows.ts'
import type { ReloadAnswer } from './reloads.ts'

/** A process that works on the database. */
export interface Node {
  readonly id: string
  readonly name: string
}

export type NodeAnswer = Node & { readonly answer: ReloadAnswer }

/** Asks every process that works on a database to reload its configuration; resolves with the id of the reload. */
export async function askReload(store: Store<RuntimeTables>, now: number): Promise<string> {
  const isShared = store.listen !== undefined
  const at = isShared ? Math.floor((await store.once(databaseTime, {}))[0]!.at) : now
  const id = idMaker(() => at)()
  const news = isShared ? writeNews([{ kind: 'reload' }]).map(notification) : []
  await store.apply(change(insertReload, { id, at }), ...news)
  return id
}

/** The processes that work on a database now; `undefined` where one has it to itself, and nobody notes which. */
export async function nodesOf(store: Store<RuntimeTables>): Promise<readonly Node[] | undefined> {
  if (!store.listen) return undefined
  return (await store.once(liveNodes, {})).map(({ id, name }) => ({ id, name }))
}

/** What was answered to a reload until now. */
export async function reloadAnswers(store: Store<RuntimeTables>, reload: string): Promise<NodeAnswer[]> {
  const rows = await store.read.all(answersTo, { reload })
  return rows.map(({ node, name, answer }) => ({
    id: node,
    name,
    answer: JSON.parse(answer) as ReloadAnswer,
  }))
}
