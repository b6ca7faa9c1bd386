import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { read } from '../docs/markdown.ts'
import { askedBy } from './promql.ts'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}

const dashboard = JSON.parse(read('deploy/grafana/beadle.json'))
const panels: Panel[] = dashboard.panels
const shown = panels.filter(({ type }) => type !== 'row')

test('every panel says what it shows, in which unit, of the nodes that are chosen', () => {
  for (const { title, description, fieldConfig, targets } of shown) {
    expect(description, title).toBeTruthy()
    expect(fieldConfig?.defaults.unit, title).toBeTruthy()
    for (const { expr, datasource } of targets!) {
      expect(datasource.uid).toMatch(/^\$\{datasource\}$/)
      expect(expr).toContain('instance=~"$instance"')
    }
  }
  const variables = dashboard.templating.list.map(({ name }: { name: string }) => name)
  expect(variables).toEqual(['datasource', 'instance'])
})

test('no panel lies on another', () => {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)}:${y + Math.floor(index / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
})

test('every alert says how bad it is and what is wrong', () => {
  const [{ rules }] = parse(read('deploy/prometheus/alerts.yaml')).groups
  for (const { alert, labels, annotations } of rules) {
    expect(['warning', 'critical'], alert).toContain(labels.severity)
    expect(annotations.summary, alert).toBeTruthy()
  }
  expect(() => askedBy('sum by (')).toThrow('not PromQL')
})
