import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** How often it is looked whether connections have fallen idle. */
const SWEEP_MS = 50
/** A connection may have been made for a request that is on its way. */
const SILENT_MS = 500

/**
 * Makes an HTTP server one that closes as soon as what runs is answered, and after `graceMs` in any case.
 *
 * Node waits for connections on which nothing was asked yet, and browsers and pools open some in advance; and it
 * closes only those that are idle at the moment it is told to.
 *
 * @returns takes nothing more in; resolves when every connection is closed. Real time on purpose: whoever closes does
 * not move an injected clock on.
 */
export function closable(server: Server): (graceMs: number) => Promise<void> {
  const silent = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', ({ socket }) => silent.delete(socket))
  return graceMs =>
    new Promise(resolve => {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
      const hush = setTimeout(() => {
        for (const socket of silent) socket.destroy()
      }, SILENT_MS)
      server.close(() => {
        clearTimeout(timer)
        clearInterval(sweep)
        clearTimeout(hush)
        resolve()
      })
      server.closeIdleConnections()
    })
}
