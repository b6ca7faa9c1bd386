import { createServer } from 'node:net'
import { reachable } from '../client-options.ts'
import { type Address, hasEmbedded } from '../config/index.ts'
import { ask, jsonOf } from './ask.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'

type Found = Omit<Finding, 'check'>

/** Whether the ports are free, or a running Beadle has them. */
export const ports: Check = {
  name: 'ports',
  async look({ config: { main }, signal }) {
    const own = await lookAt('listen', main.listen, url => beadleAt(url, signal))
    if (!hasEmbedded(main)) return own
    return [...own, ...(await lookAt('server.listen', main.server.listen, url => imServerAt(url, signal)))]
  },
}

async function lookAt(
  setting: string,
  { host, port }: Address,
  whoIs: (url: string) => Promise<Found[] | undefined>,
): Promise<Found[]> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (port === 0) return [ok(`${setting} takes any free port of ${host}`)]
  const code = await listening({ host, port })
  if (code === undefined) return [ok(`${setting} ${place} is free: Beadle does not run`)]
  if (code === 'EACCES')
    return [failure(`${setting} ${place}: this user may not listen there`, 'Take a port from 1024 on.')]
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return [
      failure(`${setting} ${place} is no address of this machine`, 'Take 0.0.0.0 for all of its addresses.'),
    ]
  if (code !== 'EADDRINUSE') return [failure(`${setting} ${place}: ${code}`)]
  const found = await whoIs(`http://${reachable(host)}:${port}`).catch(() => undefined)
  return (
    found ?? [
      failure(
        `${setting} ${place} is used by another program`,
        `Stop that, or set ${setting} to another port.`,
      ),
    ]
  )
}

/** Why nobody can listen there; `undefined`: one can. */
function listening({ host, port }: Address): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

async function beadleAt(url: string, signal: AbortSignal): Promise<Found[] | undefined> {
  const answer = jsonOf((await ask(`${url}/readyz`, { signal })).text)
  const {
    status,
    checks = {},
    warnings = [],
  } = (answer ?? {}) as {
    status?: string
    checks?: Record<string, string>
    warnings?: string[]
  }
  if (status !== 'ready' && status !== 'not ready') return undefined
  const bad = Object.entries(checks).filter(([, state]) => state !== 'ok')
  return [
    status === 'ready'
      ? ok(`Beadle runs at ${url}, and is ready`)
      : failure(`Beadle runs at ${url}, and is not ready`, 'Its log tells more.'),
    ...bad.map(([name, state]) => failure(`of the running Beadle: ${name}: ${state}`)),
    ...warnings.map(text => warning(`of the running Beadle: ${text}`)),
  ]
}

async function imServerAt(url: string, signal: AbortSignal): Promise<Found[] | undefined> {
  const answer = jsonOf((await ask(`${url}/v1/admins`, { signal })).text)
  const isOurs = typeof (answer?.error as { code?: unknown } | undefined)?.code === 'number'
  return isOurs ? [ok(`an IM server runs at ${url}`)] : undefined
}
