import { afterAll, beforeAll, expect, test } from 'vitest'
import { config, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { type PostgresServer, startPostgres } from '../postgres/start.ts'
import { typed } from './typed.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const home = async (database: string) =>
  folder({
    'config.yaml': config({
      listen: `127.0.0.1:${await freePort()}`,
      server: { listen: `127.0.0.1:${await freePort()}` },
      database,
    }),
    'bots/herald.yaml': { username: 'herald-bot' },
  })

test('doctor asks a PostgreSQL how it is, before and while Beadle runs on it', async () => {
  const cwd = await home(postgres.url)
  const before = await typed(['doctor'], { cwd })
  expect(before.stdout).toMatch(/✓ database: PostgreSQL \d+\S* at postgres:\/\/beadle@/)
  expect(before.stdout).toMatch(/✓ database: [\d.]+ ms there and back/)
  expect(before.stdout).toMatch(/✓ database: \d+ of 300 connections are in use/)
  expect(before.stdout).toContain('gets its tables by the first start')
  expect(before.code).toBe(0)
  await startBeadle(cwd)
  const during = await typed(['doctor'], { cwd })
  expect(during.stdout).toContain('✓ rights: bot herald as herald-bot is an admin')
  expect(during.stdout).toMatch(/✓ database: database postgres:\/\/\S+ opens, and is of this version/)
  expect(during.stdout).toContain('✓ backlog: no dead letters')
  expect(during.code).toBe(0)
  const offline = await typed(['doctor', '--offline'], { cwd })
  expect(offline.stdout).toMatch(/✓ database: database \S+ is not asked/)
})

test('doctor says why a PostgreSQL cannot be used, without its password', async () => {
  const url = new URL(postgres.url)
  url.password = 'canary-of-the-test'
  url.pathname = '/nowhere'
  const { code, stdout, stderr } = await run(['doctor'], { cwd: await home(url.href) })
  expect(stdout).toMatch(/✗ database: database postgres:\/\/\S+: .+\n {4}→ .+/)
  expect(stdout + stderr).not.toContain('canary')
  expect(code).toBe(1)
})
