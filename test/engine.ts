import { inject, onTestFinished } from 'vitest'
import { administer } from './postgres/start.ts'

/** The engine that the tests of this run are to try. */
export const engine = process.env.BEADLE_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

let count = 0

/** A database that nobody else has, for as long as the test lasts: in memory, or of the server of this run. */
export async function database(): Promise<string> {
  if (engine === 'sqlite') return ':memory:'
  const server = inject('postgres')
  const name = `t${process.pid}_${++count}`
  await administer(server, client => client.query(`create database ${name} strategy file_copy`))
  onTestFinished(
    () => administer(server, client => client.query(`drop database ${name} with (force)`)).then(() => {}),
    0,
  )
  return server.replace(/\/postgres$/, `/${name}`)
}
