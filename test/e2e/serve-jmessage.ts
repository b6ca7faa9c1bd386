import { onTestFinished } from 'vitest'
import { startServer } from '../../src/server/index.ts'
import { APP, JMessage } from './jmessage.ts'

/** An IM server in the process of the test, for those that do not end it: a program of its own takes its time to start. */
export async function serveJmessage(port = 0): Promise<JMessage> {
  const server = await startServer({
    listen: { host: '127.0.0.1', port },
    data: ':memory:',
    apps: [APP],
    sandbox: true,
  })
  onTestFinished(() => server.close())
  return new JMessage(server.url)
}
