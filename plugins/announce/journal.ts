import { type Bot, type PluginContext, RetractTooLate, type SentMessage } from 'beadle'

/** An announcement, as it is remembered. */
export interface Announcement {
  /** Id of the event that its call became. */
  readonly event: string
  readonly hook: string
  /** When it was called, epoch ms. */
  readonly at: number
  /** To how many groups, rooms and users it goes. */
  readonly targets: number
  /** The event by which it was taken back. */
  readonly undoneBy?: string
  /** Posts that were too old by then, and stayed. */
  readonly tooLate?: number
}

/** What became of the posts of an announcement that was to be taken back. */
export interface TakenBack {
  readonly retracted: number
  readonly tooLate: number
}

const KEY = 'announcements'
const KEPT = 50

/** The last announcements. They are noted before anything is sent, so that also one half sent can be taken back. */
export class Announcements {
  readonly #state: PluginContext['state']

  constructor(state: PluginContext['state']) {
    this.#state = state
  }

  /** Oldest first. */
  async all(): Promise<readonly Announcement[]> {
    return (await this.#state.get<Announcement[]>(KEY)) ?? []
  }

  /** Notes an announcement, once; resolves with it as it is known by now. */
  async note(announcement: Announcement): Promise<Announcement> {
    const is = ({ event }: Announcement) => event === announcement.event
    const all = await this.#state.update<Announcement[]>(KEY, (known = []) =>
      known.some(is) ? known : [...known, announcement].slice(-KEPT),
    )
    return all.find(is) ?? announcement
  }

  async isUndone(event: string): Promise<boolean> {
    return (await this.all()).some(known => known.event === event && known.undoneBy !== undefined)
  }

  /** Notes that an event takes an announcement back; resolves with the event that was the first to do so. */
  async markUndone(event: string, by: string): Promise<string> {
    const all = await this.#state.update<Announcement[]>(KEY, (known = []) =>
      known.map(item => (item.event === event && !item.undoneBy ? { ...item, undoneBy: by } : item)),
    )
    return all.find(item => item.event === event)?.undoneBy ?? by
  }

  /** Retracts every post of an announcement; the first event to do so notes how many were too old for it. */
  async takeBack(bot: Bot, event: string, by: string): Promise<TakenBack> {
    const taken = await takeBack(bot, event)
    if (taken.tooLate > 0) {
      await this.#state.update<Announcement[]>(KEY, (known = []) =>
        known.map(item =>
          item.event === event && item.undoneBy === by ? { ...item, tooLate: taken.tooLate } : item,
        ),
      )
    }
    return taken
  }
}

/** Retracts every post that an event brought about. A post that has not left yet is cancelled. */
async function takeBack(bot: Bot, event: string): Promise<TakenBack> {
  const outcomes = await Promise.allSettled((await bot.sentFor(event)).map(sent => retract(sent)))
  const failed = outcomes.find(outcome => outcome.status === 'rejected')
  if (failed) throw failed.reason
  const retracted = outcomes.filter(outcome => outcome.status === 'fulfilled' && outcome.value).length
  return { retracted, tooLate: outcomes.length - retracted }
}

/** @returns whether it was in time */
async function retract(sent: SentMessage): Promise<boolean> {
  try {
    await sent.retract()
    return true
  } catch (error) {
    if (error instanceof RetractTooLate) return false
    throw error
  }
}
