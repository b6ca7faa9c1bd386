// Loaded into a Beadle before anything else: while the file that NO_ROOM names is there, databases do not grow.
import { existsSync } from 'node:fs'
import Database from 'libsql'

const MOST_PAGES = 1_073_741_823

const connections = new Set()
const { exec } = Database.prototype
Database.prototype.exec = function (sql) {
  exec.call(this, sql)
  if (connections.has(this)) return
  connections.add(this)
  limit(this)
}

const isFull = () => existsSync(process.env.NO_ROOM)
let wasFull = isFull()

function limit(database) {
  // Less than there are: SQLite takes as many as there are.
  if (database.open) exec.call(database, `pragma max_page_count = ${isFull() ? 1 : MOST_PAGES}`)
}

const look = () => {
  if (isFull() === wasFull) return
  wasFull = !wasFull
  for (const database of connections) limit(database)
}
setInterval(look, 5).unref()
