// The thread that watches over the main one, which may be in a loop that never ends. Plain JavaScript, so that it runs
// from the sources as well as from what is built of them, and loads nothing but, for a fleet, the driver of its database.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const {
  shared,
  cells: CELLS,
  eventAt,
  eventChars,
  warnAfterMs,
  endAfterMs,
  everyMs,
  note,
  fleet,
  pretty,
  hook,
} = workerData
const cells = new Int32Array(shared, 0, eventAt / Int32Array.BYTES_PER_ELEMENT)
const eventBytes = new Uint8Array(shared, eventAt, eventChars)

/** So long the main thread may take to say what it is at. Native code does not answer. */
const ANSWER_MS = 2000
const EXIT_CODE = 70
/** Other nodes take over what this one has four to five seconds after its last turn: they have to know by then. */
const SHARE_AFTER_MS = 2000
/** So long the database may take for each step of a note. */
const DATABASE_MS = 1200
const STDERR = 2
const LEVEL = 50

const plugins = new Map()
let seen = -1
let stalledMs = 0
let lastAt = performance.now()
/** What keeps the main thread, once it was looked at. */
let found
let told = false
let looking = false
let ended = false
/** Whether what keeps the main thread is noted in the database, once that is known. */
let sharing
/** What is said to the database is said in its order. */
let saying = Promise.resolve()
/** Loaded while there is time for it. */
const driver = fleet && import('pg').catch(() => undefined)
const lookAfterMs = fleet ? Math.min(warnAfterMs, SHARE_AFTER_MS) : warnAfterMs

parentPort.on('message', ({ number, bot, plugin }) => plugins.set(number, { bot, plugin }))

setInterval(() => void tick(), everyMs)

async function tick() {
  const now = performance.now()
  // When this thread did not run either, the machine slept: that is nobody's fault.
  const passed = Math.min(now - lastAt, 2 * everyMs)
  lastAt = now
  const beats = Atomics.load(cells, CELLS.beats)
  if (beats !== seen || Atomics.load(cells, CELLS.debugged) === 1) {
    if (!ended) goesOn()
    seen = beats
    return
  }
  stalledMs += passed
  if (looking || ended) return
  looking = true
  try {
    if (!found && stalledMs >= lookAfterMs) await notice()
    else if (found && !told && stalledMs >= warnAfterMs) warn()
    else if (told && endAfterMs !== 'never' && stalledMs >= endAfterMs) await end()
  } finally {
    looking = false
  }
}

function goesOn() {
  if (told) {
    const { shown, likely } = found
    parentPort.postMessage({ ...shown, owners: likely, ms: Math.round(stalledMs) })
  }
  if (sharing) saying = saying.then(() => askDatabase(fleet.forget))
  stalledMs = 0
  found = undefined
  told = false
  sharing = undefined
}

async function notice() {
  const entered = whoEntered()
  // Not only once the main thread has answered: native code does not.
  if (entered) share(culpritOf([entered]))
  const culprit = await look()
  // It may have gone on meanwhile.
  if (Atomics.load(cells, CELLS.beats) !== seen) return
  found = culprit
  share(culprit)
  if (stalledMs >= warnAfterMs) warn()
}

function warn() {
  told = true
  tell('the process is kept busy and does nothing else', { ...found.shown, ms: Math.round(stalledMs) })
}

async function end() {
  const culprit = await look()
  if (Atomics.load(cells, CELLS.beats) !== seen) return
  // Code of the machine, such as a large copy of the database, comes to its end by itself.
  if (culprit.likely.length === 0 && !culprit.isJavaScript) return
  ended = true
  const ms = Math.round(stalledMs)
  tell('the process was kept busy for too long and is ended', { ...culprit.shown, ms })
  share(culprit)
  if (note && culprit.likely.length > 0 && !(await sharing)) noteDown(culprit, ms)
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ANSWER_MS)
  await askMain(`'end', ${EXIT_CODE}`)
}

/** What keeps the main thread: what it said beforehand, or what is on its stack. */
async function look() {
  const entered = whoEntered()
  const stack = await askMain(`'who'`)
  const at = stack?.at
  const isJavaScript = stack !== undefined
  if (entered) return culpritOf([entered], at, isJavaScript)
  if (stack?.owners) return culpritOf(stack.owners, at, isJavaScript)
  const settingUp = plugins.get(Atomics.load(cells, CELLS.settingUp))
  return culpritOf(settingUp ? [{ ...settingUp, running: [] }] : [], at, isJavaScript)
}

/** Whose handler was begun and has not let go yet. */
function whoEntered() {
  const entered = plugins.get(Atomics.load(cells, CELLS.plugin))
  return entered && { ...entered, running: [String.fromCharCode(...eventBytes)] }
}

/** `all`: who runs that code, with what they are handling. Those who handle nothing are hardly at it, if others do. */
function culpritOf(all, at, isJavaScript) {
  const atWork = all.filter(({ running }) => running.length > 0)
  const likely = atWork.length > 0 ? atWork : all
  const events = likely.flatMap(({ running }) => running)
  const namesOf = field => [...new Set(likely.map(owner => owner[field]))].join(', ') || undefined
  const event = events.length === 1 ? events[0] : undefined
  const shown = { bot: namesOf('bot'), plugin: namesOf('plugin'), event, at }
  return { shown, likely, atWork, all, isJavaScript }
}

/** Has the main thread answer in the midst of what it does. Undefined when it does not. */
function askMain(args) {
  return new Promise(resolve => {
    const session = new Session()
    const answer = value => {
      clearTimeout(timer)
      session.disconnect()
      resolve(value)
    }
    const timer = setTimeout(answer, ANSWER_MS)
    const post = (method, params) =>
      new Promise((done, failed) => {
        session.post(method, params, (error, result) => (error ? failed(error) : done(result)))
      })
    session.connectToMainThread()
    session.on('Debugger.paused', () => {
      const expression = `globalThis[Symbol.for('${hook}')](${args})`
      post('Runtime.evaluate', { expression, returnByValue: true })
        .then(({ result }) => answer(result.value))
        .catch(() => answer())
    })
    post('Debugger.enable')
      .then(() => post('Debugger.pause'))
      .catch(() => answer())
  })
}

/** What was handled when the main thread was kept. */
function notesOf({ atWork, all }) {
  const count = atWork.flatMap(({ running }) => running).length
  const suspects = count > 1 ? all : atWork
  return suspects.flatMap(({ bot, plugin, running }) => {
    const about = { bot, plugin, certain: count === 1 }
    return running.length > 0 ? running.map(event => ({ ...about, event })) : [about]
  })
}

/** Notes it in the database, once, for the nodes that take over what this one has. */
function share(culprit) {
  const notes = notesOf(culprit)
  if (!fleet || sharing || notes.length === 0) return
  sharing = saying.then(() => askDatabase(fleet.note, JSON.stringify(notes)))
  saying = sharing
}

/** Whether a statement about this node was carried out. */
async function askDatabase(sql, ...values) {
  let client
  try {
    const { Client } = await driver
    client = new Client({
      connectionString: fleet.url,
      application_name: 'beadle',
      connectionTimeoutMillis: DATABASE_MS,
      statement_timeout: DATABASE_MS,
      query_timeout: DATABASE_MS,
    })
    client.on('error', () => {})
    await client.connect()
    await client.query(sql, [fleet.node, ...values])
    return true
  } catch {
    return false
  } finally {
    void client?.end().catch(() => {})
  }
}

/** Read by the next start. */
function noteDown(culprit, ms) {
  const stuck = notesOf(culprit).map(one => ({ ...one, ms }))
  try {
    // Who has PostgreSQL may have nothing else there.
    mkdirSync(dirname(note), { recursive: true })
    const file = openSync(`${note}.new`, 'w', 0o600)
    writeSync(file, JSON.stringify(stuck))
    fsyncSync(file)
    closeSync(file)
    renameSync(`${note}.new`, note)
  } catch (error) {
    tell('what kept the process busy could not be noted', { err: { message: error.message } })
  }
}

/** Tells the operator, past the log of the main thread, which is kept from it. */
function tell(msg, fields) {
  const line = pretty
    ? `ERROR: ${msg} ${JSON.stringify(fields)}`
    : JSON.stringify({ level: LEVEL, time: Date.now(), ...fields, msg })
  try {
    writeSync(STDERR, `${line}\n`)
  } catch {
    // Nobody reads it: what is to be done is done all the same.
  }
}
