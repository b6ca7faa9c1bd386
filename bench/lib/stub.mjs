// A JMessage that says yes to everything, as cheaply as a socket can.
import net from 'node:net'
import { report } from './child.mjs'
import { onRequests } from './requests.mjs'

const body = '{"msg_id":1,"msg_ctime":1}'
const answer = `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
let done = 0

const server = net.createServer({ noDelay: true }, socket =>
  onRequests(socket, requests => {
    done += requests
    socket.write(answer.repeat(requests))
  }),
)
server.listen(0, '127.0.0.1', () => report(server.address().port, () => ({ done })))
