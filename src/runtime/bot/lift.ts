import type { EndpointId } from '../../protocol/index.ts'
import { act, type BotContext, type Duration, nextKey, toMs } from './context.ts'
import type { Outcome } from './outbox-entry.ts'

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

type Call = [endpoint: EndpointId, args: Record<string, unknown>, lane: string]

/** The call that restricts users of one group, room or app, or lifts that. */
const calls: Record<LiftData['kind'], (id: string, users: readonly string[], restricted: boolean) => Call> = {
  group: (id, users, restricted) => [
    'groups.silence',
    { gid: Number(id), status: restricted, body: [...users] },
    `group:${id}`,
  ],
  chatroom: (id, [user], restricted) => [
    'chatrooms.forbidden',
    { roomId: Number(id), username: user, status: restricted ? 1 : 0 },
    `chatroom:${id}`,
  ],
  ban: (_, [user], restricted) => [
    'users.forbidden',
    { username: user, disable: restricted },
    `single:${user}`,
  ],
}

/** A call that restricts `what` or lifts that, and whether an earlier attempt of the same handler made it. */
function prepare(context: BotContext, what: readonly LiftData[], restricted: boolean) {
  const [{ kind, id }] = what as [LiftData]
  const users = what.map(({ user }) => user)
  const [endpoint, args, lane] = calls[kind](id, users, restricted)
  const key = nextKey(context, endpoint, lane)
  return {
    isMade: context.attempt?.made(key) !== undefined,
    // What is restricted must not stay so because JMessage was away for long.
    make: (): Promise<Outcome> =>
      act(context, endpoint, args, { lane, key, ofAttempt: true, patient: !restricted }),
  }
}

/**
 * Restricts users, of one group or room or of the app, for a term after which it is lifted by itself, also over restarts.
 * A newer term takes the place of an older one.
 *
 * What an earlier attempt of the handler did stays as it is: others may have changed it since.
 */
export async function restrict(context: BotContext, what: readonly LiftData[], term: Term): Promise<void> {
  if (what.length === 0) return
  const dueAt = term.for === undefined ? undefined : context.clock.now() + toMs(term.for)
  const { isMade, make } = prepare(context, what, true)
  if (isMade) return
  // Noted first: what is restricted and never lifted is worse than what is lifted and was never restricted.
  await Promise.all(
    what.map(data => {
      const job = jobOf(context, data)
      return dueAt === undefined ? context.jobs.cancel(job) : context.jobs.schedule({ ...job, dueAt, data })
    }),
  )
  await make()
}

/** Lifts restrictions by hand, and forgets their terms. */
export async function release(context: BotContext, what: readonly LiftData[]): Promise<void> {
  if (what.length === 0) return
  const { at } = await prepare(context, what, false).make()
  // An earlier attempt made it: the terms there are now are newer.
  if (at !== undefined) return
  await Promise.all(what.map(data => context.jobs.cancel(jobOf(context, data))))
}

/** Lifts a restriction whose term is over, unless a newer term has taken its place meanwhile. */
export async function lift(context: BotContext, what: LiftData): Promise<void> {
  const job = jobOf(context, what)
  if (await context.jobs.waits(job)) return
  await prepare(context, [what], false).make()
  // A newer term came just now: its call may have been made before this one.
  if (await context.jobs.waits(job)) await prepare(context, [what], true).make()
}
