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

test('the example for Prometheus is YAML', () => {
  const [scrape] = fencesOf(document)
    .filter(({ language }) => language === 'yaml')
    .map(({ code }) => parse(code))
  expect(scrape.scrape_configs).toHaveLength(1)
})
