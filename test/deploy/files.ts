import { parse } from 'yaml'
import { read } from '../docs/markdown.ts'

/** What is asked of a service in compose.yaml here. */
export interface Service {
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly ports?: readonly string[]
  readonly stop_grace_period?: string
  readonly volumes?: readonly string[]
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

/** compose.yaml as it is where none of its variables is set. */
export const compose = (): Compose =>
  parse(read('compose.yaml').replace(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true })

/** The services that run `beadle start`. */
export const nodesOf = ({ services }: Compose): [string, Service][] =>
  Object.entries(services).filter(([, { build, command }]) => build !== undefined && command === undefined)

/** The instructions of the Dockerfile's last stage, a line each. */
export const lastStage = (): string[] =>
  read('Dockerfile')
    .split(/^FROM .*$/m)
    .at(-1)!
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => /^[A-Z]/.test(line))

/** The command with which the image asks how it is. */
export const healthCheck = (): string[] =>
  JSON.parse(/ CMD (\[.*\])$/.exec(lastStage().find(line => line.startsWith('HEALTHCHECK'))!)![1]!)

/** What the image sets. */
export const imageEnv = (): Record<string, string> =>
  Object.fromEntries(
    lastStage()
      .filter(line => line.startsWith('ENV '))
      .flatMap(line => [...line.matchAll(/(\w+)=(\S+)/g)].map(match => [match[1]!, match[2]!])),
  )

/** A length of time in ms, of those that are written here. */
export function msOf(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m)?$/.exec(text)!
  return Number(amount) * (unit === 'm' ? 60_000 : 1000)
}

/** How long a node goes on once it is to end. */
export const drainMs = (): number => msOf(parse(read('deploy/config/config.yaml')).drain)
