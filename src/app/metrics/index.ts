import type { Registry } from 'prom-client'
import type { Figures } from '../figures.ts'
import { gauges } from './gauges.ts'
import { type Metric, metric, single } from './metric.ts'
import type { Tallies } from './tallies.ts'

export interface MetricsSources {
  readonly figures: Figures
  /** What became of spans, where some are sent. */
  readonly spans?: { readonly sent: number; readonly dropped: number } | undefined
}

/** All metrics that are Beadle's own. */
export const metricsOf = (tallies: Tallies, sources: MetricsSources): Metric[] => [
  ...tallies.metrics(),
  ...gauges(sources.figures),
  metric('counter', 'beadle_spans_sent_total', 'Spans that were sent', () => single(sources.spans?.sent)),
  metric('counter', 'beadle_spans_dropped_total', 'Spans that could not be sent', () =>
    single(sources.spans?.dropped),
  ),
]

/** What there is to be seen of a Beadle by Prometheus. Until somebody asks, it is a few numbers. */
export class Metrics {
  readonly #registry: () => Promise<Registry>

  constructor(tallies: Tallies, sources: MetricsSources) {
    let registry: Promise<Registry> | undefined
    this.#registry = () => {
      registry ??= registryOf(metricsOf(tallies, sources))
      return registry
    }
  }

  /** All metrics, in the format of Prometheus, and the media type of that. */
  async read(): Promise<{ readonly text: string; readonly type: string }> {
    const [own, process] = [await this.#registry(), await processRegistry()]
    const texts = await Promise.all([own.metrics(), process.metrics()])
    return { text: texts.join('\n'), type: own.contentType }
  }
}

async function registryOf(metrics: readonly Metric[]): Promise<Registry> {
  const { Registry } = await import('prom-client')
  const registry = new Registry()
  for (const each of metrics) registry.registerMetric(each as never)
  return registry
}

let ofProcess: Promise<Registry> | undefined

/** Of Node.js and the process: one for all that run in it, as it watches from then on, for good. */
function processRegistry(): Promise<Registry> {
  ofProcess ??= import('prom-client').then(({ Registry, collectDefaultMetrics }) => {
    const register = new Registry()
    collectDefaultMetrics({ register })
    return register
  })
  return ofProcess
}
