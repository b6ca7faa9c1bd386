import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { closable } from '../base/closable.ts'
import { AppError } from '../base/errors.ts'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly fetch: (request: Request) => Response | Promise<Response>
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

/** @throws AppError `listen.in-use` that names the address and what to do */
export function listen({ host, port, fetch, name, setting }: ListenOptions): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, info => {
      const address = host.includes(':') ? `[${host}]` : host
      const { port } = info
      resolve({
        url: `http://${address}:${port}`,
        port,
        close,
      })
    }) as Server
    const close = closable(server)
    server.requestTimeout = 60_000
    server.headersTimeout = 20_000
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(explain(cause, { host, port, name, setting })),
    )
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
