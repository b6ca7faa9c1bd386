import type { TestProject } from 'vitest/node'
import { makeTemplate } from './databases.ts'
import { startPostgres } from './start.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that the tests of this run share. */
    postgres: string
  }
}

/** One PostgreSQL server for all tests of a run. */
export async function setup(project: TestProject) {
  const server = await startPostgres()
  await makeTemplate(server.url)
  project.provide('postgres', server.url)
  return () => server.stop()
}
