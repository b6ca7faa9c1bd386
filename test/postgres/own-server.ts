import { afterAll, beforeAll } from 'vitest'
import { administer, type PostgresServer, startPostgres } from './start.ts'

/**
 * A server for the tests of one file, which may restart it and cut its connections.
 *
 * @returns `server()`, and `database()`: the URL of a new one in it, without tables
 */
export function ownServer() {
  let server: PostgresServer
  let count = 0
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
  return {
    server: () => server,
    async database(): Promise<string> {
      const name = `own_${++count}`
      await administer(server.url, client => client.query(`create database ${name}`))
      return server.url.replace(/\/postgres$/, `/${name}`)
    },
  }
}
