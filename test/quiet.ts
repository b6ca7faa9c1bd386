import { ManualClock } from '../src/base/clock.ts'

/** Statements that tests' stores are at work on. */
let underWay = 0
const idle: (() => void)[] = []

/** Notes that a store is at work until `answer` settles. */
export function counted<T>(answer: Promise<T>): Promise<T> {
  underWay++
  return answer.finally(() => {
    if (--underWay === 0) for (const resume of idle.splice(0)) resume()
  })
}

/**
 * Lets the event loop turn so often while no store is at work: one that is asked over a socket answers later than the
 * one in this process, and what depends on how soon would depend on the engine.
 */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    if (underWay > 0) await new Promise<void>(resolve => idle.push(resolve))
    await new Promise<void>(resolve => setImmediate(resolve))
    if (underWay === 0) left--
  }
}

/** A clock that stands still until it is moved, and that lets stores answer before it moves on. */
export class QuietClock extends ManualClock {
  protected override settle(): Promise<void> {
    return turns(10)
  }
}
