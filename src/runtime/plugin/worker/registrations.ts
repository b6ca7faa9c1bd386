import { isDeepStrictEqual } from 'node:util'
import { asError } from '../../../base/errors.ts'
import type { Judgement } from '../../sources/webhook/webhooks.ts'
import { Commands } from '../commands/commands.ts'
import type { InstanceDeps } from '../deps.ts'
import {
  type CompiledFilter,
  compileFilter,
  type FilterOwner,
  filterOwner,
} from '../hearing/compile-filter.ts'
import { eventPath, listenerPaths } from '../hearing/hearing-paths.ts'
import type { Wanted } from '../hearing/listeners.ts'
import type { Path } from '../hearing/lookup.ts'
import type { Reading } from '../hearing/reading.ts'
import type { Registered } from './wire.ts'

/** Something at work here for the thread. */
interface Standing {
  readonly wanted: unknown
  readonly undo: () => void
}

interface Listener extends Wanted {
  readonly compiled: CompiledFilter | undefined
}

/**
 * What a plugin in a thread registered, at work in the main thread. It stays as it is while the thread is down, so that
 * webhooks are taken, schedules fire and messages are kept for it meanwhile.
 */
export class Registrations {
  readonly #deps: InstanceDeps
  readonly #ask: (webhook: string, body: unknown) => Promise<Judgement | undefined>
  #standing = new Map<string, Standing>()
  readonly #owner: FilterOwner
  #listeners: readonly Listener[] = []
  #events: Registered['events'] = []
  #commands: Commands

  /** @param ask  asks the thread about a body of a webhook; `undefined`: it does not answer now */
  constructor(deps: InstanceDeps, ask: (webhook: string, body: unknown) => Promise<Judgement | undefined>) {
    this.#deps = deps
    this.#ask = ask
    this.#owner = filterOwner(deps.bot.username, deps.manners)
    this.#commands = this.#commandsOf([])
  }

  get commands(): Commands {
    return this.#commands
  }

  get listenerPaths(): readonly Path[] {
    return [...listenerPaths(this.#listeners), ...this.#events.map(eventPath)]
  }

  /** Regular expressions are left to the thread: one that finds no end must not hold up this one. */
  hears(reading: Reading): boolean {
    const { msg_type } = reading.record
    return this.#listeners.some(
      ({ name, compiled }) =>
        (name === 'message' || name === `message.${msg_type}`) && (!compiled || compiled.mayPass(reading)),
    )
  }

  /** Puts what the thread tells in place of what was there. What is the same goes on undisturbed. */
  apply({ listeners, events, commands, webhooks, schedules }: Registered): void {
    this.#listeners = listeners.map(({ name, filter }) => ({
      ...{ name, filter },
      compiled: filter && compileFilter(filter, this.#owner),
    }))
    this.#events = events
    this.#commands = this.#commandsOf(commands)
    const { bot, name: plugin } = this.#deps
    const former = this.#standing
    this.#standing = new Map()
    const keep = (key: string, wanted: unknown): boolean => {
      const standing = former.get(key)
      if (!standing || !isDeepStrictEqual(standing.wanted, wanted)) return false
      former.delete(key)
      this.#standing.set(key, standing)
      return true
    }
    const fresh: [string, unknown, () => () => void][] = []
    for (const wanted of webhooks) {
      const key = `webhook ${wanted.name}`
      const { asks, ...webhook } = wanted
      const ask = asks ? (body: unknown) => this.#ask(webhook.name, alone(body)) : undefined
      if (!keep(key, wanted))
        fresh.push([key, wanted, () => this.#deps.webhooks.add({ bot: bot.id, plugin, ...webhook, ask })])
    }
    for (const wanted of schedules) {
      const key = `schedule ${wanted.name}`
      if (keep(key, wanted)) continue
      fresh.push([
        key,
        wanted,
        () => {
          const schedule = this.#deps.schedules.add(wanted)
          return () => schedule.remove()
        },
      ])
    }
    for (const { undo } of former.values()) undo()
    for (const [key, wanted, add] of fresh) this.#add(key, wanted, add)
    this.#deps.onChange?.()
  }

  dispose(): void {
    for (const { undo } of this.#standing.values()) undo()
    this.#standing.clear()
  }

  #add(key: string, wanted: unknown, add: () => () => void): void {
    try {
      this.#standing.set(key, { wanted, undo: add() })
    } catch (thrown) {
      this.#deps.log.error(
        { err: asError(thrown), effect: key },
        'something a plugin wants could not be set up',
      )
    }
  }

  #commandsOf(registered: Registered['commands']): Commands {
    // Who may give them is looked at by the thread.
    const { manners, commandRules: rules } = this.#deps
    const commands = new Commands({ manners, rules })
    for (const { pattern, options } of registered) commands.add({ pattern, options, handler: () => {} })
    return commands
  }
}

/** A Buffer may be a part of memory with much else in it, all of which would be sent. */
const alone = (body: unknown): unknown => (Buffer.isBuffer(body) ? new Uint8Array(body) : body)
