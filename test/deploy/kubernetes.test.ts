import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/app/config/index.ts'
import { DEADLINE_MS } from '../../src/cli/end-on-signal.ts'
import { read, root } from '../docs/markdown.ts'
import { compose, drainMs, imageEnv, nodesOf } from './files.ts'

// biome-ignore lint/suspicious/noExplicitAny: what shape they have is what the first test asks
type Manifest = any

const manifests: Manifest[] = parseAllDocuments(read('deploy/kubernetes.yaml')).map(document =>
  document.toJS(),
)
const [deployment, service, budget] = manifests
const pod = deployment.spec.template.spec
const [container] = pod.containers
const kustomization = parse(read('deploy/kustomization.yaml'))

/** What the compiler says of manifests, taken as values of the types of Kubernetes: unknown, missing, wrong fields. */
function faults(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map((manifest, index) => {
    const version = manifest.apiVersion === 'v1' ? 'core/v1' : manifest.apiVersion
    return `export const m${index}: import('kubernetes-types/${version}').${manifest.kind} = ${JSON.stringify(manifest)}`
  })
  const file = join(root, 'test/deploy/manifests.ts')
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, types: [], lib: ['lib.es5.d.ts'], skipLibCheck: true },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = name => name === file || fileExists(name)
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2023)
      : getSourceFile(name, ...rest)
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test('the manifests are of the shape that Kubernetes wants', () => {
  expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget'])
  const wrong = structuredClone(manifests)
  wrong[0].spec.template.spec.containers[0].readinessProb = {}
  wrong[1].spec.ports[0].port = '80'
  expect(faults(wrong)).toHaveLength(2)
  expect(faults(manifests)).toEqual([])
})

test('all of them mean the same pods', () => {
  const { labels } = deployment.spec.template.metadata
  expect(deployment.spec.selector.matchLabels).toEqual(labels)
  expect(service.spec.selector).toEqual(labels)
  expect(budget.spec.selector.matchLabels).toEqual(labels)
  expect(pod.topologySpreadConstraints[0].labelSelector.matchLabels).toEqual(labels)
})

test('the port is that of the image', () => {
  const port = Number(imageEnv().BEADLE_LISTEN!.split(':').at(-1))
  expect(container.ports).toEqual([{ name: 'http', containerPort: port }])
  expect(deployment.spec.template.metadata.annotations['prometheus.io/port']).toBe(`${port}`)
  expect(service.spec.ports[0].targetPort).toBe('http')
})

test('a pod has longer to end than it waits and Beadle takes', () => {
  const waits = container.lifecycle.preStop.sleep.seconds * 1000
  expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(waits + drainMs() + DEADLINE_MS)
})

test('a process that hangs is ended by its watchdog, before Kubernetes does', async () => {
  const { periodSeconds, failureThreshold } = container.livenessProbe
  const [, { environment = {} }] = nodesOf(compose())[0]!
  const { main } = await loadConfig(join(root, 'deploy/config/config.yaml'), { env: environment })
  expect(periodSeconds * failureThreshold * 1000).toBeGreaterThan(Number(main.watchdog.endAfterMs))
})

test('the configuration is mounted where the image has it, with all of its bots', () => {
  const generated: Record<string, string[]> = Object.fromEntries(
    kustomization.configMapGenerator.map(({ name, files }: Manifest) => [name, files]),
  )
  const bots = readdirSync(join(root, 'deploy/config/bots')).map(name => `config/bots/${name}`)
  expect(generated).toEqual({ 'beadle-config': ['config/config.yaml'], 'beadle-bots': bots })
  const mounts = Object.fromEntries(
    container.volumeMounts.map(({ name, mountPath }: Manifest) => [name, mountPath]),
  )
  expect(mounts).toMatchObject({ config: '/etc/beadle/config.yaml', bots: '/etc/beadle/bots' })
  expect(read('Dockerfile')).toContain('COPY deploy/config /etc/beadle\n')
  const maps = pod.volumes.flatMap(({ configMap }: Manifest) => (configMap ? [configMap.name] : []))
  expect(maps).toEqual(Object.keys(generated))
  expect(pod.volumes.map(({ name }: Manifest) => name).sort()).toEqual(Object.keys(mounts).sort())
})

test('kustomization.yaml names the image and the manifests', () => {
  expect(kustomization.images[0]).toMatchObject({
    name: container.image,
    newTag: JSON.parse(read('package.json')).version,
  })
  expect(kustomization.resources).toEqual(['kubernetes.yaml'])
})
