import { randomInt } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import { startServer } from '../../src/server/index.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { engine } from '../engine.ts'
import { memory } from '../server/place.ts'
import { basic } from '../server/world.ts'
import { begin } from './model/beginning.ts'
import type { Ask, Command } from './model/commands/command.ts'
import { anyCommand } from './model/commands/index.ts'
import { wholePicture } from './model/picture.ts'
import { KEYS, Model, ROOM_LIMIT } from './model/state.ts'

/** SEED=… in the environment repeats a run, RUNS=… makes it longer. */
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const runs = Number(process.env.RUNS ?? (engine === 'sqlite' ? 30 : 10))
const LENGTH = 240

/** A server and a model, with the same in both. */
async function bothWorlds() {
  const clock = new ManualClock()
  const failures: LogLine[] = []
  const server = await startServer({
    listen: undefined,
    ...(await memory()),
    apps: [...KEYS],
    sandbox: true,
    allowUserSenders: true,
    maxRoomMembers: ROOM_LIMIT,
    clock,
    log: capturedLog(failures),
  })
  const ask: Ask = async (app, { method, path, body }) => {
    const init = { method, headers: { authorization: basic(KEYS[app]) } }
    const answer = await server.fetch(
      new Request(
        `http://localhost${path}`,
        body === undefined ? init : { ...init, body: JSON.stringify(body) },
      ),
    )
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) }
  }
  const model = new Model(clock.now())
  await begin(ask, model)
  return { server, ask, model, failures }
}

test('the server answers every sequence of calls as the model does, and comes to the same state', async () => {
  console.log(`seed ${seed}, ${runs} runs`)
  const isSame = fc.asyncProperty(
    // As often long as short.
    fc.noBias(fc.array(anyCommand, { maxLength: LENGTH, size: 'max' })),
    async commands => {
      const { server, ask, model, failures } = await bothWorlds()
      try {
        const hold = async (command: Command) => {
          const { actual, expected } = await command.run(ask, model)
          expect(actual, fc.stringify(command)).toEqual(expected)
        }
        for (const command of commands) await hold(command)
        for (const command of wholePicture(model)) await hold(command)
        expect(failures).toEqual([])
      } finally {
        await server.close()
      }
    },
  )
  await fc.assert(isSame, { seed, numRuns: runs })
}, 3_600_000)
