/** Tells with each piece that comes over a socket how many requests became whole by it, if any did. */
export function onRequests(socket, tell) {
  let buffer = ''
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  socket.on('data', chunk => {
    buffer += chunk
    let requests = 0
    for (let head = buffer.indexOf('\r\n\r\n'); head >= 0; head = buffer.indexOf('\r\n\r\n')) {
      const length = /content-length: (\d+)/i.exec(buffer.slice(0, head))
      const end = head + 4 + (length ? Number(length[1]) : 0)
      if (buffer.length < end) break
      buffer = buffer.slice(end)
      requests++
    }
    if (requests > 0) tell(requests)
  })
}
