import { AppError } from '../../../base/errors.ts'
import type { EndpointId } from '../../../protocol/index.ts'
import { broadcastsOf } from '../../bot/broadcast/begin.ts'
import type { Broadcast } from '../../bot/broadcast/broadcast.ts'
import type { BotContext } from '../../bot/context.ts'
import { madeOutcome } from '../../bot/outbox-entry.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import { noSwitches } from '../commands/command-switches.ts'
import { type InstanceDeps, stateOf } from '../deps.ts'
import { noChoices } from '../language/language-choices.ts'
import { type ChangeHow, type StateKeep, type StateShelf, storedState } from '../state/state-keep.ts'
import { dialogueServices } from './dialogue-services.ts'
import { queries } from './queries.ts'
import type { Services, WireBroadcast, WireCall } from './wire.ts'

/** What is done for a thread in the main one. */
export type MainServices = { [Name in keyof Services]: Serve<Services[Name]> }
type Serve<Service> = Service extends (...args: infer Args) => infer Answer
  ? (attempt: Attempt | undefined, ...args: Args) => Answer | Promise<Answer>
  : never

/**
 * @param context  what the bot works with
 * @param plugin  name of the plugin, whatever its instance is called
 */
export function servicesOf(context: BotContext, deps: InstanceDeps, plugin: string): MainServices {
  const { outbox, client, media } = context
  const { store, jobs, dialogues, switches = noSwitches, languages = noChoices } = deps
  const state = storedState(stateOf(deps, plugin))
  const broadcasts = () => broadcastsOf(context)
  return {
    submit: (attempt, call) => submit(context, attempt, call),
    cancel: (_, id) => outbox.cancel(id),
    ended: (_, id) => outbox.ended(id),
    madeFor: (_, event) => outbox.madeFor(event, context.id),
    callsFor: (_, event) => context.journal.callsFor(event, context.id),
    lastSent: (_, search) => context.book.last(search),
    isTakenBack: (_, key) => context.book.isTakenBack(key),
    call: (_, endpoint, args) => client.call(endpoint as EndpointId, (args ?? {}) as never),
    upload(_, type, bytes, name, seconds) {
      const source = { data: bytes, name }
      return type === 'voice' ? media.voice(source, seconds) : media[type](source)
    },
    row: (_, query, params) => store.read.first(queries[query] as never, params as never),
    rows: (_, query, params) => store.read.all(queries[query] as never, params as never),
    schedule: (_, job) => context.jobs.schedule(JSON.parse(job)),
    unschedule: (_, job) => jobs.cancel(job as never),
    listJobs: (_, of, range) => jobs.list(of as never, range),
    waits: (_, job) => context.jobs.waits(job as never),
    read: (_, shelf, key) => state.read(shelf, key),
    write: (_, shelf, key, value, ttlMs) => state.write(shelf, key, value, ttlMs),
    remove: (_, shelf, key) => state.remove(shelf, key),
    list: (_, shelf, range) => state.list(shelf, range),
    swap: (_, shelf, key, former, value, how) => swap(state, { shelf, key, former, value, how }),
    offIn: (_, conversation) => switches.offIn(conversation),
    chosen: (_, keys) => languages.chosen(keys),
    ...dialogueServices(dialogues),
    knownBroadcast: async (_, key) => sendable(await broadcasts().known(key)),
    beginBroadcast: async (_, wanted) => sendable(await broadcasts().begin(JSON.parse(wanted)))!,
    findBroadcast: async (_, id) => sendable(await broadcasts().find(id)),
    listBroadcasts: async (_, limit) =>
      (await broadcasts().list({ bot: context.id, limit })).map(one => sendable(one)!),
    moveBroadcast: (_, id, from, to) => broadcasts().move(id, from as never, to as never),
    progressOf: (_, id) => broadcasts().progress(id),
    endOf: (_, id) => broadcasts().ended(id),
  }
}

/** As a bot in this thread would have the call made in the attempt. */
function submit({ outbox, username }: BotContext, attempt: Attempt | undefined, call: WireCall): unknown {
  attempt?.throwIfAborted()
  const { keep, args, ...rest } = call
  const made = keep ? attempt?.made(call.key) : undefined
  if (made) return madeOutcome(made)
  const told = outbox.submit({
    ...rest,
    bot: username,
    event: attempt?.delivery.event ?? call.event,
    partition: attempt?.delivery.partition,
    args: JSON.parse(args),
    keep: keep && attempt ? kept => attempt.keep(kept) : undefined,
  })
  attempt?.track(told)
  return told
}

const SAME = new AppError('it is another one by now', { code: 'state.changed' })

interface Swap {
  readonly shelf: StateShelf
  readonly key: string
  readonly former: string | undefined
  readonly value: string
  readonly how: ChangeHow
}

async function swap(state: StateKeep, { shelf, key, former, value, how }: Swap) {
  const make = (text: string | undefined) => {
    if (text !== former) throw SAME
    return value
  }
  try {
    return { text: await state.change(shelf, key, make, how) }
  } catch (error) {
    if (error === SAME) return false
    throw error
  }
}

const sendable = (broadcast: Broadcast | undefined): WireBroadcast | undefined => {
  if (!broadcast) return undefined
  const { id, bot, title, total, estimateMs } = broadcast
  return { id, bot, title, total, estimateMs }
}
