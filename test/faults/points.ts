import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { liveThrough } from './day.ts'
import { Days } from './days.ts'

/** POINT=… in the environment repeats one; EVERY=… takes every so-manieth, beginning with that of SEED=…. */
const only = process.env.POINT === undefined ? undefined : Number(process.env.POINT)
const every = Number(process.env.EVERY ?? 40)
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
/** Days that are lived through side by side. */
const AT_ONCE = 2
/** A day is as long, and there are not more points in it. */
const DAY_MS = 120_000
const MOST_POINTS = 1500

export function everyPoint(title: string, faults: number): void {
  test(title, { timeout: DAY_MS * (MOST_POINTS / every) }, async () => {
    const calm = await liveThrough((await Days.open(1)).place(), undefined)
    expect(calm.wrong).toEqual([])
    const first = 1 + (seed % every)
    const left = only === undefined ? range(first, calm.points, every) : [only]
    const count = left.length
    const days = await Days.open(count, { faults, seed })
    const failed: unknown[] = []
    const killed = new Map<string, number>()
    let done = 0
    const live = async () => {
      for (let point = left.shift(); point !== undefined; point = left.shift()) {
        const day = await liveThrough(days.place(), point)
        const at = day.killedAt ?? 'never'
        killed.set(at, (killed.get(at) ?? 0) + 1)
        if (day.wrong.length > 0) {
          console.log(`point ${point}, ${at}: ${day.wrong.join('\n')}`)
          failed.push({ point, ...day })
        }
        if (++done % 25 === 0) console.log(`${done} of ${count} days, ${failed.length} went wrong`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, live))
    const kinds = [...killed].map(([at, times]) => `${times} ${at}`).join(', ')
    const about = `seed ${seed}, faults ${100 * faults} %, ${count} of ${calm.points} points`
    console.log(`${about}; killed ${kinds}; ${failed.length} days went wrong`)
    expect(failed).toEqual([])
  })
}

const range = (first: number, last: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((last - first + 1) / step)) }, (_, n) => first + n * step)
