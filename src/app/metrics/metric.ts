/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** Where it is not that of the metric, as with the parts of a histogram. */
  readonly metricName?: string
}

/** A metric that is read when it is asked for, in the shape that a registry of prom-client takes. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  get(): Promise<{ name: string; help: string; type: string; aggregator: 'sum'; values: readonly Sample[] }>
}

/** @param read  yields what there is at the moment */
export const metric = (
  type: Metric['type'],
  name: string,
  help: string,
  read: () => readonly Sample[] | Promise<readonly Sample[]>,
): Metric => ({
  ...{ name, help, type },
  get: async () => ({ name, help, type, aggregator: 'sum', values: await read() }),
})

/** The only value of a metric without labels; none when there is nothing to tell. */
export const single = (value: number | undefined): readonly Sample[] =>
  value === undefined ? [] : [{ labels: {}, value }]
