import { existsSync } from 'node:fs'
import { formatDuration } from '../../base/duration.ts'
import { timeOf } from '../../base/ids.ts'
import { deadLetters } from '../../runtime/events/dead.ts'
import { isPostgres, nameOf, stepsOf } from '../../store/index.ts'
import { runtimeSchema } from '../../store/schema/runtime.ts'
import { missingSteps } from '../../store/steps.ts'
import { beside } from '../beside.ts'
import { type Check, ok, warning } from './finding.ts'

const DAY_MS = 86_400_000
/** What failed is kept for so many times as long as the rest. */
const DEAD_AGES = 10

/** What waits for a person, and whether what is over is cleared away. */
export const backlog: Check = {
  name: 'backlog',
  async look({ config, clock, offline }) {
    const { database } = config.main
    if (offline && isPostgres(database)) return []
    if (!(await isUpToDate(database))) return []
    return beside(config, async store => {
      const letters = await deadLetters(store)
      const [first] = await store.read.execute(
        store.db.selectFrom('deliveries').select('event_id').orderBy('event_id').limit(1),
      )
      const age = first ? Math.max(0, clock.now() - timeOf(first.event_id)) : 0
      const isCleared = age <= config.main.keep.ageMs * DEAD_AGES + DAY_MS
      const oldest = `the oldest event is ${formatDuration(Math.floor(age / DAY_MS) * DAY_MS)} old`
      return [
        letters.length === 0
          ? ok('no dead letters')
          : warning(`${letters.length} dead letters wait for a decision`, 'beadle dead list shows them.'),
        isCleared
          ? ok(first ? oldest : 'there are no events yet')
          : warning(
              `${oldest}, though keep.age is ${formatDuration(config.main.keep.ageMs)}`,
              'Does Beadle run? It clears away every ten minutes.',
            ),
      ]
    })
  },
}

/** Not to be changed by being looked at. */
async function isUpToDate(database: string): Promise<boolean> {
  if (database === ':memory:' || (!isPostgres(database) && !existsSync(database))) return false
  const done = await stepsOf(runtimeSchema, database)
  return missingSteps(nameOf(database), Object.keys(runtimeSchema.migrations), done).length === 0
}
