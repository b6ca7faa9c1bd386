import { definePlugin, type Message, type SentMessage } from 'beadle'
import { afterEach, expect } from 'vitest'
import type { HandlerContext } from '../../../src/runtime/plugin/context.ts'
import { type World, type WorldOptions, world } from '../../world.ts'

export const square = { group: 'square' } as const
export const MINUTE = 60_000

type Act = (message: Message, context: HandlerContext, run: number) => unknown

const failures: unknown[] = []
afterEach(() => expect(failures.splice(0)).toEqual([]))

/** Has a bot do something with each message that begins with a word; `run` counts how often it did. */
export function doing(acts: Readonly<Record<string, Act>>) {
  const runs: Record<string, number> = {}
  const plugin = definePlugin({
    name: 'plugin',
    setup(ctx) {
      ctx.on('message.text', async (message, _, context) => {
        const [word = ''] = message.text.split(' ')
        runs[word] = (runs[word] ?? 0) + 1
        try {
          await acts[word]?.(message, context, runs[word])
        } catch (error) {
          // A handler that fails is run again, and might be well then.
          if ((error as Error).name === 'AssertionError') failures.push(error)
          throw error
        }
      })
      ctx.onJob<SentMessage>('replace', ({ data }) => data.replace('replaced'))
    },
  })
  const build = (options: WorldOptions = {}) => world({ plugins: [{ use: plugin }], ...options })
  return { runs, build }
}

export const say = (w: World, text: string, from = 'alice') => w.say({ from, ...square, text })
/** What the bot said in the square, and was not taken back. */
export const said = async (w: World): Promise<string[]> =>
  (await w.history(square)).flatMap(({ from_id, msg_body }) =>
    from_id === 'test-bot' ? [String(msg_body.text)] : [],
  )
/** Lets an attempt fail once, after what it did. */
export const failFirst = (run: number) => {
  if (run === 1) throw new Error('not yet')
}
export const tryAgain = async (w: World, after = 2000) => {
  await w.clock.advance(after)
  await w.settled()
}
