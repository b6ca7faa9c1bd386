import { STEP_MS, STEPS } from '../../client/count.ts'

/** Calls by the step in which they ended, the oldest first, as they are kept. */
export interface Window {
  /** Number of the first step, counted from the epoch. */
  first: number
  calls: number[]
}

/** A call counts until the step of its end is over a minute old. */
const LENGTH = STEPS + 1

/** Forgets what is over. */
export function turn(window: Window, now: number): void {
  const oldest = stepOf(now) - LENGTH + 1
  const gone = Math.max(0, oldest - window.first)
  window.calls.splice(0, gone)
  window.first += gone
  while (window.calls[0] === 0) {
    window.calls.shift()
    window.first++
  }
  if (window.calls.length === 0) window.first = stepOf(now)
}

/** Counts calls that ended so many ms ago, if that is within the minute. */
export function add(window: Window, now: number, agoMs: number, calls: number): void {
  const step = Math.min(stepOf(now - agoMs), stepOf(now))
  if (step <= stepOf(now) - LENGTH) return
  if (window.calls.length === 0) window.first = step
  for (; window.first > step; window.first--) window.calls.unshift(0)
  while (window.calls.length <= step - window.first) window.calls.push(0)
  window.calls[step - window.first]! += calls
}

export const sum = ({ calls }: Window): number => calls.reduce((all, one) => all + one, 0)

/** When `calls` of those that count are forgotten: epoch ms. */
export function freedAt({ first, calls: ended }: Window, calls: number): number | undefined {
  for (let place = 0, freed = 0; place < ended.length; place++) {
    freed += ended[place]!
    if (freed >= calls) return (first + place + LENGTH) * STEP_MS
  }
  return undefined
}

/** The clock was set back: what is counted is as old as before, or a little younger. */
export function setBack(window: Window, ms: number): void {
  window.first -= Math.floor(ms / STEP_MS)
}

const stepOf = (at: number): number => Math.floor(at / STEP_MS)
