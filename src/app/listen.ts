import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { closable } from '../base/closable.ts'
import { AppError } from '../base/errors.ts'
import type { Shortcut } from '../runtime/shortcut.ts'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly fetch: (request: Request, from: object) => Response | Promise<Response>
  /** Asked first: answers a request, or leaves it, with `false`, to `fetch`. */
  readonly shortcut?: Shortcut
  /** What listens here, for the error when the address is in use. */
  readonly name: string
  /** Where the address is set. */
  readonly setting: string
}

/** An address that is listened on. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Takes nothing more in, and waits for what runs, for at most `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** A sender that is slower than this is taken for an attack, in ms. */
const TIMEOUTS = { headersTimeout: 20_000, requestTimeout: 60_000 }

/** @throws AppError `listen.in-use` that names the address and what to do */
export function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, fetch, shortcut = () => false } = options
  const answer = getRequestListener(fetch)
  const server = createServer(TIMEOUTS, (incoming, outgoing) => {
    if (!shortcut(incoming, outgoing)) void answer(incoming, outgoing)
  })
  const close = closable(server)
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explain(cause, options)))
    server.listen(port, host, () => {
      const address = host.includes(':') ? `[${host}]` : host
      const { port } = server.address() as AddressInfo
      resolve({ url: `http://${address}:${port}`, port, close })
    })
  })
}

function explain(
  cause: NodeJS.ErrnoException,
  { host, port, name, setting }: { host: string; port: number; name: string; setting: string },
): AppError {
  const what = `${name} cannot listen on ${host}:${port}`
  if (cause.code === 'EADDRINUSE') {
    return new AppError(`${what}: another process has this port`, {
      code: 'listen.in-use',
      hint: `Is Beadle running already? Stop that process, or set ${setting} to another port.`,
      cause,
    })
  }
  return new AppError(`${what}: ${cause.message}`, {
    code: 'listen.failed',
    hint: `Check ${setting}.`,
    cause,
  })
}
