import { z } from 'zod'
import { sleep } from '../../src/base/clock.ts'
import { RetractTooLate } from '../../src/client/index.ts'
import type { SentMessage } from '../../src/runtime/bot/sent-message.ts'
import type { HandlerContext, PluginContext } from '../../src/runtime/plugin/context.ts'
import { definePlugin, type PluginDefinition } from '../../src/runtime/plugin/define.ts'
import { type HookKind, hookKinds, type Trouble } from './steps.ts'

export const BODY = z.object({
  n: z.number(),
  conversation: z.string(),
  groups: z.array(z.string()),
  user: z.string(),
  trouble: z.custom<Trouble>().optional(),
})
export type HookBody = z.output<typeof BODY>

/** So long a handler hangs: over its time. */
const HANG_MS = 45_000
const LATER_MS = 7000
const BRIEF_MS = 4000
const MUTE = '40s'

/** What is known beyond the processes: how often the handling of an event failed by its trouble. */
export type Memory = Map<string, number>

type Handler = (context: HandlerContext & { readonly body: HookBody }) => Promise<unknown>

const handlers: Record<HookKind, Handler> = {
  async post({ body, bot }) {
    for (const group of body.groups) await bot.group(group).text(`post ${body.n}`)
  },
  async later({ body, job }) {
    await job('later', { after: LATER_MS }, body)
  },
  async mute({ body, bot }) {
    await bot.group(body.groups[0]!).mute(body.user, { for: MUTE })
    await bot.group(body.groups[0]!).text(`mute ${body.n}`)
  },
  async brief({ body, bot, job }) {
    const sent = await bot.group(body.groups[0]!).text(`brief ${body.n}`)
    await job('withdraw', { after: BRIEF_MS }, { sent, body })
  },
}

/** The plugin of the simulations. @param memory outlives the processes */
export function townPlugin(memory: Memory, isBroken = false): PluginDefinition {
  return definePlugin({
    name: 'town',
    async setup(ctx) {
      await sleep(ctx.clock, 0)
      if (isBroken) throw new Error('a broken version')
      for (const kind of hookKinds) {
        const options = {
          auth: 'none',
          body: BODY,
          conversation: ({ conversation }: HookBody) => conversation,
        } as const
        ctx.webhook(kind, options, async context => {
          const { trouble } = context.body
          await suffer(ctx, memory, context.event.id, trouble, 'before')
          await handlers[kind](context)
          await suffer(ctx, memory, context.event.id, trouble, 'after')
        })
      }
      ctx.onJob<HookBody>('later', ({ data, bot }) => bot.group(data.groups[0]!).text(`later ${data.n}`))
      ctx.onJob<{ sent: SentMessage; body: HookBody }>('withdraw', async ({ data, bot }) => {
        await data.sent.delivered()
        const tooLate = await data.sent.retract().then(
          () => false,
          error => {
            if (error instanceof RetractTooLate) return true
            throw error
          },
        )
        await bot.group(data.body.groups[0]!).text(`${tooLate ? 'kept' : 'withdrew'} ${data.body.n}`)
      })
      ctx.command('say <n:int>', ({ args }) => `heard ${args.n}`)
    },
  })
}

async function suffer(
  { clock }: PluginContext,
  memory: Memory,
  event: string,
  trouble: Trouble | undefined,
  when: 'before' | 'after',
): Promise<void> {
  if (!trouble) return
  if (trouble.kind === 'poison') throw new Error('poison')
  const failed = memory.get(event) ?? 0
  if (trouble.when !== when || failed >= trouble.times) return
  memory.set(event, failed + 1)
  if (trouble.kind === 'throws') throw new Error('trouble')
  // It goes on when its time is long over: what it does then is not to be done.
  await sleep(clock, HANG_MS)
}
