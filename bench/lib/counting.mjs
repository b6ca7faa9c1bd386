// A JMessage that says yes to as many calls a minute of its clock as there is quota, tells what is left, and notes when
// each call came.
import net from 'node:net'
import { report } from './child.mjs'
import { onRequests } from './requests.mjs'

const MINUTE_MS = 60_000
const limit = Number(process.env.LIMIT)
const body = '{"msg_id":1,"msg_ctime":1}'
const over = '{"error":{"code":2002,"message":"Rate limit exceeded"}}'

const times = []
let refused = 0
let minute = 0
let calls = 0

function answer() {
  const now = Date.now()
  if (Math.floor(now / MINUTE_MS) !== minute) {
    minute = Math.floor(now / MINUTE_MS)
    calls = 0
  }
  const isOver = calls >= limit
  if (isOver) {
    refused++
  } else {
    calls++
    times.push(performance.now())
  }
  const reset = Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000)
  const text = isOver ? over : body
  return `HTTP/1.1 ${isOver ? '429 Too Many Requests' : '201 Created'}\r\ncontent-type: application/json\r\nx-rate-limit-limit: ${limit}\r\nx-rate-limit-remaining: ${limit - calls}\r\nx-rate-limit-reset: ${reset}\r\n${isOver ? `retry-after: ${reset}\r\n` : ''}content-length: ${text.length}\r\n\r\n${text}`
}

/** The most calls in any minute, and those in each from the first call on. */
function figures() {
  let most = 0
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last] - times[first] >= MINUTE_MS) first++
    most = Math.max(most, last - first + 1)
  }
  const minutes = []
  for (const time of times) {
    const place = Math.floor((time - times[0]) / MINUTE_MS)
    minutes[place] = (minutes[place] ?? 0) + 1
  }
  return { done: times.length, refused, most, minutes, spanMs: times.at(-1) - times[0] }
}

const server = net.createServer({ noDelay: true }, socket =>
  onRequests(socket, requests => {
    for (let n = 0; n < requests; n++) socket.write(answer())
  }),
)
server.listen(0, '127.0.0.1', () => report(server.address().port, figures))
