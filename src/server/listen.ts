import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { closable } from '../base/closable.ts'
import { AppError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { json } from './answer.ts'

/** A sender that is slower than this is taken for an attack. */
const TIMEOUTS = { headersTimeout: 20_000, requestTimeout: 120_000, keepAliveTimeout: 30_000 }
/** How long {@link Listener.close} waits for requests under way. */
const CLOSE_MS = 5000

export interface Listener {
  readonly url: string
  /** Takes no more requests and waits, bounded, for those under way. */
  close(): Promise<void>
}

type Fetch = Parameters<typeof getRequestListener>[0]

/** Listens on a socket. */
export async function listen(
  fetch: Fetch,
  address: { readonly host: string; readonly port: number },
  log: Log,
): Promise<Listener> {
  const listener = getRequestListener(fetch, { errorHandler: () => badRequest() })
  const server = createServer(TIMEOUTS, (incoming, outgoing) => void listener(incoming, outgoing))
  const close = closable(server)
  await bind(server, address)
  // Such as no more file handles: that connection is lost, the server is not.
  server.on('error', error => log.error({ err: error }, 'a connection could not be taken'))
  const { port } = server.address() as AddressInfo
  return { url: `http://${visibleHost(address.host)}:${port}`, close: () => close(CLOSE_MS) }
}

const badRequest = () => json({ error: { code: 899003, message: 'parameter invalid: request' } }, 400)

function bind(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explained(cause, host, port)))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function explained(cause: NodeJS.ErrnoException, host: string, port: number): AppError {
  const [reason, hint] =
    cause.code === 'EADDRINUSE'
      ? ['is in use', 'Stop the program that listens there, or choose another port.']
      : cause.code === 'EACCES'
        ? ['may not be used by this user', 'Choose a port from 1024 up.']
        : [`cannot be listened on: ${cause.message}`, 'Check host and port.']
  return new AppError(`port ${port} on ${host} ${reason}`, { code: 'server.listen', hint, cause })
}

/** A host that a client can connect to. */
function visibleHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
