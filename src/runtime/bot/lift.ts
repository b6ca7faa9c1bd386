import type { EndpointId } from '../../protocol/index.ts'
import { act, type BotContext, type Duration, toMs } from './context.ts'

/** The plugin that every bot has for the framework's own jobs. */
export const CORE_PLUGIN = 'core'

/** The job that lifts a mute or ban whose term is over. */
export const LIFT_JOB = 'lift'

/** What is lifted: a mute in a group or chat room, or a ban. */
export interface LiftData {
  readonly kind: 'group' | 'chatroom' | 'ban'
  /** Gid or room id; empty for a ban. */
  readonly id: string
  readonly user: string
}

/** How long a mute or ban lasts; for good, if `for` is left out. */
export interface Term {
  readonly for?: Duration
}

const jobOf = (context: BotContext, { kind, id, user }: LiftData) => ({
  ...{ bot: context.id, plugin: CORE_PLUGIN, name: LIFT_JOB },
  key: `${kind}:${id}:${user}`,
})

/**
 * Restricts users for a term, after which it is lifted by itself, also over restarts. A newer term takes the place of an
 * older one.
 */
export async function restrict(
  context: BotContext,
  what: readonly LiftData[],
  term: Term,
  make: () => Promise<unknown>,
): Promise<void> {
  if (term.for === undefined) return release(context, what, make)
  const dueAt = context.clock.now() + toMs(term.for)
  // Noted first: what is restricted and never lifted is worse than what is lifted and was never restricted.
  await Promise.all(what.map(data => context.jobs.schedule({ ...jobOf(context, data), dueAt, data })))
  await make()
}

/** Makes a change that has no term, and forgets the terms there were. */
export async function release(
  context: BotContext,
  what: readonly LiftData[],
  make: () => Promise<unknown>,
): Promise<void> {
  await make()
  await Promise.all(what.map(data => context.jobs.cancel(jobOf(context, data))))
}

const calls: Record<LiftData['kind'], (what: LiftData) => [EndpointId, Record<string, unknown>, string]> = {
  group: ({ id, user }) => [
    'groups.silence',
    { gid: Number(id), status: false, body: [user] },
    `group:${id}`,
  ],
  chatroom: ({ id, user }) => [
    'chatrooms.forbidden',
    { roomId: Number(id), username: user, status: 0 },
    `chatroom:${id}`,
  ],
  ban: ({ user }) => ['users.forbidden', { username: user, disable: false }, `single:${user}`],
}

/** Lifts a restriction whose term is over, unless a newer term has taken its place meanwhile. */
export async function lift(context: BotContext, what: LiftData): Promise<void> {
  if (await context.jobs.waits(jobOf(context, what))) return
  const [endpoint, args, lane] = calls[what.kind](what)
  await act(context, endpoint, args, { lane })
}
