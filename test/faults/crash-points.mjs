// Preloaded into Beadle by `node --import`: kills it at the n-th point at which a crash may matter, as a power cut would.
// Points are before and after each commit, and before and after each request to JMessage.
import diagnostics from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { CRASH_AT, CRASH_POINTS } = process.env
const at = Number(CRASH_AT ?? Number.POSITIVE_INFINITY)
let passed = 0

function point(what) {
  passed++
  if (CRASH_POINTS) appendFileSync(CRASH_POINTS, `${what}\n`)
  if (passed === at) process.kill(process.pid, 'SIGKILL')
}

const require = createRequire(import.meta.url)

const { Client } = require('pg')
const { query } = Client.prototype
Client.prototype.query = function (statement, ...rest) {
  if (statement?.text !== 'commit') return query.call(this, statement, ...rest)
  point('before a commit')
  const answer = query.call(this, statement, ...rest)
  return answer.then(result => {
    point('after a commit')
    return result
  })
}

const Database = require('libsql')
const { prepare } = Database.prototype
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql)
  if (!/^\s*commit\b/i.test(sql)) return statement
  const { run } = statement
  statement.run = (...values) => {
    point('before a commit')
    const result = run.apply(statement, values)
    point('after a commit')
    return result
  }
  return statement
}

diagnostics.subscribe('undici:request:create', ({ request }) =>
  point(`before ${request.method} ${request.path.split('?')[0]}`),
)
diagnostics.subscribe('undici:request:headers', ({ request }) =>
  point(`after ${request.method} ${request.path.split('?')[0]}`),
)
