// Messages sent to one IM server on SQLite, to one on PostgreSQL, and to two on one PostgreSQL.
import { start, together } from './child.mjs'
import { contest } from './contest.mjs'
import { startPostgres } from './postgres.mjs'

export async function serversContest({ here, load, keys, rounds, ms }) {
  const postgres = await startPostgres()
  const server = DATABASE =>
    start(here('contestants/beadle-send.mjs'), { env: { ...keys, ...(DATABASE ? { DATABASE } : {}) } })
  const children = []
  const started = async database => {
    const child = await server(database)
    children.push(child)
    return child
  }
  try {
    const [one, two] = [await postgres.database('one'), await postgres.database('two')]
    return await contest(
      [
        { name: 'one process, SQLite (FULL)', child: await started(), load },
        { name: 'one process, PostgreSQL', child: await started(one), load },
        {
          name: 'two processes, PostgreSQL',
          child: together([await started(two), await started(two)]),
          load,
        },
      ],
      { rounds, ms },
    )
  } finally {
    for (const child of children) await child.stop()
    await postgres.stop()
  }
}
