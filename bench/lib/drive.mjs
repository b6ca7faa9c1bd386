// A load driver that costs little: keep-alive connections that each send the same request again as soon as it is answered.
import net from 'node:net'

/** A request, as it goes over a connection. */
export function requestText({ port, method = 'POST', path, headers, body }) {
  const head = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    'content-length': Buffer.byteLength(body),
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`
}

/**
 * Requests over `connections` connections for `ms`, each as `vary` makes it of the text. Resolves with how many were
 * answered 2xx, how many were not, and the time each took (ms).
 */
export function drive({ port, method = 'POST', path, headers, body = '', connections = 32, ms, vary }) {
  const text = requestText({ port, method, path, headers, body })
  const request = vary ? () => vary(text) : () => text
  const until = performance.now() + ms
  let ok = 0
  let failed = 0
  const times = []
  const connection = () =>
    new Promise(resolve => {
      let buffer = ''
      let sentAt = performance.now()
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request()))
      socket.setEncoding('latin1')
      socket.on('error', () => failed++)
      socket.on('close', resolve)
      socket.on('data', chunk => {
        buffer += chunk
        const end = endOf(buffer)
        if (end < 0) return
        const now = performance.now()
        times.push(now - sentAt)
        sentAt = now
        if (buffer.startsWith('HTTP/1.1 2')) ok++
        else failed++
        buffer = buffer.slice(end)
        if (now < until) socket.write(request())
        else socket.end()
      })
    })
  return Promise.all(Array.from({ length: connections }, connection)).then(() => ({ ok, failed, times }))
}

/** Where the first whole answer in the buffer ends, or -1. */
function endOf(buffer) {
  const head = buffer.indexOf('\r\n\r\n')
  if (head < 0) return -1
  const length = /content-length: (\d+)/i.exec(buffer.slice(0, head))
  const end = head + 4 + (length ? Number(length[1]) : 0)
  return buffer.length >= end ? end : -1
}
