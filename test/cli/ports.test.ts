import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { config } from '../e2e/beadle.ts'
import { APP } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { Program, run } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'

/** A port that somebody else has. */
async function takenPort(): Promise<number> {
  const port = await freePort()
  const server = createServer()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return port
}

const home = (listen: string, serverListen: string): string =>
  folder({
    'config.yaml': config({ listen, server: { listen: serverListen } }),
    'bots/porter.yaml': { username: 'porter-bot' },
  })

test('a second Beadle on one port leaves what the first one has to do alone', async () => {
  const listen = `127.0.0.1:${await freePort()}`
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const here = folder({
    'config.yaml': config({ listen, jmessage: { endpoint } }),
    'bots/porter.yaml': { username: 'porter-bot' },
  })
  // JMessage is away, so the first one waits with the registration of its bot.
  const first = await Program.start(['start'], { cwd: here })
  await until('the first one listens', () =>
    fetch(`http://${listen}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  const second = await run(['start'], { cwd: here })
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('another process has this port') })
  expect(second.stderr).not.toContain('register')
  expect(first.isRunning).toBe(true)
})

test('a port for webhooks that is in use is named, and what to do', async () => {
  const listen = `127.0.0.1:${await takenPort()}`
  const { code, stdout, stderr } = await run(['start'], { cwd: home(listen, '127.0.0.1:0') })
  expect(stderr).toContain(`Beadle cannot listen on ${listen}: another process has this port`)
  expect(stderr).toContain(
    'Stop that process, or set listen in config.yaml (or BEADLE_LISTEN) to another port',
  )
  expect(stderr).not.toMatch(/^\s+at /m)
  expect([code, stdout]).toEqual([1, ''])
})

test('a port for the embedded server that is in use is named, and what to do', async () => {
  const port = await takenPort()
  const { code, stdout, stderr } = await run(['start'], { cwd: home('127.0.0.1:0', `127.0.0.1:${port}`) })
  expect(stderr).toContain(`the embedded IM server cannot start: port ${port} on 127.0.0.1 is in use`)
  expect(stderr).toContain('Stop that process, or set server.listen in config.yaml to another port.')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect([code, stdout]).toEqual([1, ''])
})

test('a port of the server alone that is in use is named, and what to do', async () => {
  const port = await takenPort()
  const app = `${APP.appKey}:${APP.masterSecret}`
  const args = ['server', '--listen', `127.0.0.1:${port}`, '--data', ':memory:', '--app', app]
  const { code, stdout, stderr } = await run(args)
  expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use`)
  expect(stderr).toContain('Stop the program that listens there, or choose another port.')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect([code, stdout]).toEqual([1, ''])
})
