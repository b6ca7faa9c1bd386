import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { metricsOf } from '../../src/app/metrics/index.ts'
import { Tallies } from '../../src/app/metrics/tallies.ts'
import { systemClock } from '../../src/base/clock.ts'
import { fencesOf, read } from './markdown.ts'

const document = read('docs/operations.md')
// Nothing is read from the sources until a metric is.
const metrics = metricsOf(new Tallies(systemClock), {} as never)

test('every metric is documented with its type, and no other', () => {
  const documented = [...document.matchAll(/^\| `(beadle_\w+)`\s*\| (\w+)/gm)].map(match => [
    match[1],
    match[2],
  ])
  expect(documented.sort()).toEqual(metrics.map(({ name, type }) => [name, type]).sort())
})

test('the examples for Prometheus are YAML, and ask for metrics that there are', () => {
  const [scrape, alerts] = fencesOf(document)
    .filter(({ language }) => language === 'yaml')
    .map(({ code }) => parse(code))
  expect(scrape.scrape_configs).toHaveLength(1)
  const expressions: string[] = alerts.groups[0].rules.map(({ expr }: { expr: string }) => expr)
  const asked = expressions.flatMap(text => text.match(/\bbeadle_\w+/g) ?? [])
  const known = metrics.flatMap(({ name, type }) => (type === 'histogram' ? `${name}_bucket` : name))
  expect(asked.filter(name => !known.includes(name))).toEqual([])
  expect(asked.length).toBeGreaterThan(5)
})
