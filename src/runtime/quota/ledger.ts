import { type Priority, priorities } from '../../base/priority.ts'
import { limitOf, MINUTE_MS, reserve, share, UNTIL_KNOWN } from '../../client/count.ts'
import type { Calls, HeardLately, QuotaGrant, QuotaRequest } from '../../client/quota-ledger.ts'
import { fairShare } from './fair-share.ts'
import { add, freedAt, setBack, sum, turn, type Window } from './window.ts'

/** What all processes together did with the quota of an app in the last minute, as it is kept. Times are the database's, epoch ms. */
export interface Ledger {
  /** When it was last written. */
  at: number
  /** Calls a minute that JMessage told. */
  limit: number | null
  /** Whether JMessage has answered any of the processes. */
  isKnown: boolean
  /** The least that JMessage told was left in its present minute, and when that ends. */
  told: { remaining: number; until: number } | null
  /** After a 429 nothing leaves before. */
  heldUntil: number
  /** When the next call to many may be granted. */
  bulkAt: number
  window: Window
  nodes: Record<string, Node>
}

/** One of the processes. */
interface Node {
  /** Number of its last report. */
  report: number
  /** Calls that it may make yet, or makes. */
  held: number
  /** It makes none of them later. */
  until: number
  /** When it last asked, and what it was not granted, for which it comes back by a time. */
  asked: number
  wants: Calls
  back: number
  /** What it was granted lately: of what is older than a minute little counts. */
  lately: number
}

/** While the half of the limit is left nobody is in need of what others hold, and processes tell less often what they did. */
const CALM = 1 / 2
const EVERY_MS = { usually: 1000, calm: 3000 }
/** What was granted may be used for so many times as long, so that a request that takes long does no harm. */
const LEASE = 2.5
/** A call that left in the last moment of a lease may be counted so much later. */
const UNDER_WAY_MS = 5000
/** A process that does not come back for so long after its time does not wait for more. */
const LATE_MS = 1500
/** For so long at most somebody has its part of what came free since it last asked. */
const MOST_DUE_MS = 2000
/** Who had less than others lately gets up to so many times as much. */
const MOST_PART = 2
/** Those who wait ask again so often. */
const RETRY_MS = 1000
/** The first answer of JMessage is soon there. */
const RETRY_UNKNOWN_MS = 200
const LONGEST_RETRY_MS = 10_000
/** For each process there is, requests are spread over so many ms, up to the longest. */
const SPREAD_MS = 50
const LONGEST_SPREAD_MS = 1000
/** Of the limit, a grant is this part at most, so that others come in between; but not less than a few calls. */
const PART = 1 / 20
const FEW = 5
/** Calls to many that were not asked for in time may be made up for as far as this. */
const CATCH_UP_MS = 1500

export const emptyLedger = (): Ledger => ({
  at: 0,
  limit: null,
  isKnown: false,
  told: null,
  heldUntil: 0,
  bulkAt: 0,
  window: { first: 0, calls: [] },
  nodes: {},
})

/** Enters what a process tells into the ledger, and what it is granted. `now`: by the database, epoch ms. */
export function settle(ledger: Ledger, request: QuotaRequest, now: number): QuotaGrant {
  forget(ledger, now)
  hear(ledger, request.heard, now)
  const before = ledger.nodes[request.node]
  if (!before || request.report.number > before.report) enter(ledger, request, now)
  const node: Node = {
    report: request.report.number,
    held: request.held,
    until: now,
    asked: now,
    wants: request.wants,
    back: now,
    lately: before ? latelyOf(before, now) : 0,
  }
  ledger.nodes[request.node] = node
  const limit = Math.min(request.most, ledger.limit ?? limitOf(request.most))
  const granted = grant(ledger, request, { limit, now, since: before?.asked })
  node.held += all(granted)
  node.lately += all(granted)
  node.wants = minus(request.wants, granted)
  const pause = pauseOf(ledger, granted, { limit, now })
  node.back = now + pause.retryMs + pause.spreadMs
  const left = Math.max(0, leftOf(ledger, limit))
  const everyMs = left > limit * CALM ? EVERY_MS.calm : EVERY_MS.usually
  const leaseMs = everyMs * LEASE
  node.until = now + leaseMs
  return {
    ...{ granted, limit, left, everyMs, leaseMs, ...pause },
    holdMs: Math.max(0, ledger.heldUntil - now),
    isKnown: ledger.isKnown,
  }
}

/** Brings the ledger up to the present. */
function forget(ledger: Ledger, now: number): void {
  if (now < ledger.at) turnBack(ledger, ledger.at - now)
  ledger.at = now
  turn(ledger.window, now)
  if (ledger.told && ledger.told.until <= now) ledger.told = null
  for (const [id, { held, until, back }] of Object.entries(ledger.nodes)) {
    const counts = held > 0 ? MINUTE_MS + UNDER_WAY_MS : LATE_MS
    if (Math.max(until, back) + counts < now) delete ledger.nodes[id]
  }
}

/** The database's clock was set back, or another machine took its place: what holds until later holds as long as before. */
function turnBack(ledger: Ledger, ms: number): void {
  setBack(ledger.window, ms)
  if (ledger.told) ledger.told.until -= ms
  ledger.heldUntil -= ms
  ledger.bulkAt -= ms
  for (const node of Object.values(ledger.nodes)) {
    node.until -= ms
    node.asked -= ms
    node.back -= ms
  }
}

function hear(ledger: Ledger, heard: HeardLately, now: number): void {
  const { isKnown, limit, remaining, resetMs = MINUTE_MS, holdMs } = heard
  ledger.isKnown ||= isKnown
  if (limit !== undefined) ledger.limit = limit
  if (holdMs !== undefined) ledger.heldUntil = Math.max(ledger.heldUntil, now + holdMs)
  if (remaining === undefined) return
  const until = now + resetMs
  // The processes tell of the same minute, one after the other: in it the least counts.
  const { told } = ledger
  const same = told !== null && until < told.until + MINUTE_MS / 2
  ledger.told = { remaining: same ? Math.min(told.remaining, remaining) : remaining, until }
}

function enter(ledger: Ledger, { report }: QuotaRequest, now: number): void {
  for (const [agoMs, calls] of report.ended) add(ledger.window, now, agoMs, calls)
  if (ledger.told) ledger.told.remaining -= report.unanswered
}

/** Calls that can be granted yet. */
function leftOf(ledger: Ledger, limit: number): number {
  if (ledger.heldUntil > ledger.at) return 0
  const { window, told, isKnown } = ledger
  const held = heldOf(ledger)
  const left = Math.min(limit - sum(window), told?.remaining ?? limit) - held
  return isKnown ? left : Math.min(left, UNTIL_KNOWN - held)
}

/** What may be made yet, or is being made: JMessage may have counted it or not. */
function heldOf({ nodes }: Ledger): number {
  let held = 0
  for (const node of Object.values(nodes)) held += node.held
  return held
}

interface Terms {
  readonly limit: number
  readonly now: number
  /** When the process last asked. */
  readonly since: number | undefined
}

const mostOf = (limit: number): number => Math.max(FEW, Math.ceil(limit * PART))

/** What is granted, those of higher priority first. Those of lower leave their reserve to others, here as elsewhere. */
function grant(ledger: Ledger, { node, wants }: QuotaRequest, { limit, now, since }: Terms): Calls {
  const granted = { reply: 0, notice: 0, bulk: 0 }
  let most = mostOf(limit)
  let left = leftOf(ledger, limit)
  for (const priority of priorities) {
    // Before JMessage has answered there is nothing to keep in reserve.
    const room = ledger.isKnown ? left - reserve(limit, priority) : left
    const paced = priority === 'bulk' ? Math.min(room, paceOf(ledger, limit, now)) : room
    const others = othersThatWait(ledger, node, priority, now)
    const calls = Math.min(
      most,
      fairShare({
        wants: wants[priority],
        room: Math.max(0, paced),
        others: others.map(other => other.wants[priority]),
        freed: (share(limit, priority) / MINUTE_MS) * Math.min(MOST_DUE_MS, now - (since ?? now)),
        part: partOf(ledger.nodes[node]!, others, now),
      }),
    )
    granted[priority] = calls
    most -= calls
    left -= calls
    if (priority === 'bulk') pace(ledger, limit, now, calls)
  }
  return granted
}

function othersThatWait(ledger: Ledger, node: string, priority: Priority, now: number): Node[] {
  return Object.entries(ledger.nodes)
    .filter(([id, { back, wants }]) => id !== node && wants[priority] > 0 && back + LATE_MS > now)
    .map(([, other]) => other)
}

/** How much of an equal part is for somebody, so that who had less than others lately gets more, and who had more less. */
function partOf(node: Node, others: readonly Node[], now: number): number {
  const own = latelyOf(node, now)
  const sum = others.reduce((all, other) => all + latelyOf(other, now), own)
  const mean = sum / (others.length + 1)
  return Math.min(MOST_PART, Math.max(1 / MOST_PART, own === 0 ? MOST_PART : mean / own))
}

const latelyOf = ({ lately, asked }: Node, now: number): number =>
  lately * Math.exp(-Math.max(0, now - asked) / MINUTE_MS)

/** Calls to many whose time has come: they go evenly. */
function paceOf({ bulkAt }: Ledger, limit: number, now: number): number {
  if (bulkAt > now) return 0
  const gap = MINUTE_MS / share(limit, 'bulk')
  return Math.floor((now - Math.max(bulkAt, now - CATCH_UP_MS)) / gap) + 1
}

function pace(ledger: Ledger, limit: number, now: number, calls: number): void {
  if (calls === 0) return
  const gap = MINUTE_MS / share(limit, 'bulk')
  ledger.bulkAt = Math.max(ledger.bulkAt, now - CATCH_UP_MS) + calls * gap
}

/** When who was not granted all is to come back: at once, if it is only that others are to come in between. */
function pauseOf(ledger: Ledger, granted: Calls, { limit, now }: Pick<Terms, 'limit' | 'now'>) {
  if (all(granted) >= mostOf(limit)) return { retryMs: 0, spreadMs: 0 }
  const spreadMs = Math.min(LONGEST_SPREAD_MS, SPREAD_MS * Object.keys(ledger.nodes).length)
  return { retryMs: retryMs(ledger, limit, now), spreadMs }
}

/** When there will be something to grant. */
function retryMs(ledger: Ledger, limit: number, now: number): number {
  const { window, told, heldUntil } = ledger
  if (heldUntil > now) return heldUntil - now
  if (!ledger.isKnown) return RETRY_UNKNOWN_MS
  const held = heldOf(ledger)
  const left = limit - sum(window) - held
  let next = now
  if (left <= 0) next = freedAt(window, 1 - left) ?? now
  if (told && told.remaining - held <= 0) next = Math.max(next, told.until)
  return Math.min(LONGEST_RETRY_MS, Math.max(RETRY_MS, next - now))
}

const all = ({ reply, notice, bulk }: Calls): number => reply + notice + bulk

const minus = (a: Calls, b: Calls): Calls => ({
  reply: a.reply - b.reply,
  notice: a.notice - b.notice,
  bulk: a.bulk - b.bulk,
})
