// A JMessage that says yes to everything, as cheaply as a socket can.
import net from 'node:net'
import { report } from './child.mjs'

const body = '{"msg_id":1,"msg_ctime":1}'
const answer = `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
let done = 0

const server = net.createServer({ noDelay: true }, socket => {
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
    done += requests
    if (requests > 0) socket.write(answer.repeat(requests))
  })
})
server.listen(0, '127.0.0.1', () => report(server.address().port, () => ({ done })))
