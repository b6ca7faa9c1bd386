import type { Sample } from './metric.ts'

const SECOND = 1000

/** Upper ends of the buckets, in ms: from what takes no time at all to what is given up. */
const BOUNDS_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 600_000,
]

/** Counts lengths of time by their size. Cheap to add to: prom-client's own looks its labels up each time. */
export class Histogram {
  readonly #counts = new Float64Array(BOUNDS_MS.length + 1)
  #sumMs = 0

  add(ms: number): void {
    let bucket = 0
    while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]!) bucket++
    this.#counts[bucket]!++
    this.#sumMs += ms
  }

  /** In seconds, as Prometheus wants them: buckets that hold those before them, sum and count. */
  samples(name: string, labels: Sample['labels']): Sample[] {
    const samples: Sample[] = []
    let count = 0
    for (const [index, inBucket] of this.#counts.entries()) {
      count += inBucket
      const bound = BOUNDS_MS[index]
      const le = bound === undefined ? '+Inf' : bound / SECOND
      samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: count })
    }
    samples.push({ metricName: `${name}_sum`, labels, value: this.#sumMs / SECOND })
    samples.push({ metricName: `${name}_count`, labels, value: count })
    return samples
  }
}
