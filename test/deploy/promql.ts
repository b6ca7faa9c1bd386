import { parser } from '@prometheus-io/lezer-promql'

const strict = parser.configure({ strict: true })

/** What an expression of Prometheus asks for. */
export interface Asked {
  readonly metrics: ReadonlySet<string>
  /** Labels by which it chooses, groups or joins. */
  readonly labels: ReadonlySet<string>
}

/**
 * Reads an expression, in which Grafana's variables may stand.
 *
 * @throws Error when it is none
 */
export function askedBy(expression: string): Asked {
  const text = expression.replaceAll('$__rate_interval', '1m').trim()
  const metrics = new Set<string>()
  const labels = new Set<string>()
  try {
    strict.parse(text).iterate({
      enter({ name, from, to }) {
        if (name === 'Identifier') metrics.add(text.slice(from, to))
        if (name === 'LabelName') labels.add(text.slice(from, to))
      },
    })
  } catch (cause) {
    throw new Error(`not PromQL: ${text}`, { cause })
  }
  return { metrics, labels }
}
