import type { Clock } from '../../base/clock.ts'
import type { Client } from '../../client/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { MAIN_APP } from '../apps.ts'
import type { Sending } from '../bot/context.ts'
import type { Recipient } from '../events/event.ts'
import { MadeUp } from './made-up.ts'
import { shadowClient } from './shadow-client.ts'
import { ShadowOutbox, type ShadowOutboxOptions } from './shadow-outbox.ts'

/** Follows what bots in the shadow would do. */
export type ShadowWatch = Pick<ShadowOutboxOptions, 'answered' | 'onCall'>

/** What a bot in the shadow works with, so that nothing of it gets out. */
export function shadowOf(options: {
  /** Name of the bot's file. */
  readonly bot: string
  /** The appKey. */
  readonly app: string
  readonly store: Store<RuntimeTables>
  readonly client: Client
  readonly clock: Clock
  readonly makeId: () => string
  readonly watch?: ShadowWatch | undefined
}): { readonly outbox: Sending; readonly client: Client } {
  const { client, watch, ...rest } = options
  const madeUp = new MadeUp(options.clock)
  const outbox = new ShadowOutbox({ ...rest, madeUp, ...watch })
  return { outbox, client: shadowClient(client, madeUp) }
}

/** Who is in the shadow of whom. */
export class Shadows {
  /** Bots in the shadow, by the bots whose username they have. */
  readonly #byBot = new Map<string, string[]>()
  readonly #takes: Takes

  /** @param takes  whether a plugin has a webhook at a path, and room for a call of it */
  constructor(takes: Takes) {
    this.#takes = takes
  }

  /** These are the bots from now on. */
  set(bots: readonly Bot[]): void {
    const shadows = new Map<string, string[]>()
    for (const { id, mode, ...who } of bots) {
      if (mode !== 'shadow') continue
      const others = shadows.get(accountOf(who))
      if (others) others.push(id)
      else shadows.set(accountOf(who), [id])
    }
    this.#byBot.clear()
    for (const { id, mode, ...who } of bots) {
      const own = mode === 'shadow' ? undefined : shadows.get(accountOf(who))
      if (own) this.#byBot.set(id, own)
    }
  }

  /** Who hears a webhook of a bot besides: its shadows, where their plugin of that name has one of that name, too. */
  readonly alsoFor = (bot: string, plugin: string, name: string): readonly Recipient[] => {
    const shadows = this.#byBot.get(bot)
    if (!shadows) return NOBODY
    const heard = shadows.filter(shadow => this.#takes(shadow, plugin, `/hooks/${shadow}/${plugin}/${name}`))
    return heard.map(shadow => ({ bot: shadow, plugin }))
  }
}

type Takes = (bot: string, plugin: string, path: string) => boolean

interface Bot {
  readonly id: string
  readonly app?: string | undefined
  readonly username: string
  readonly mode?: 'live' | 'shadow'
}

const accountOf = ({ app = MAIN_APP, username }: Pick<Bot, 'app' | 'username'>): string =>
  `${app}/${username}`

const NOBODY: readonly Recipient[] = []
