import { targetKind } from '../../store/schema/im.ts'
import { ctimeOf } from '../message-ids.ts'
import { HOUR_MS, startOfDay } from './days.ts'

/** Messages by type, as statistics tell them apart: what is not text, image or voice is other. */
export type ByType = readonly [text: number, image: number, voice: number, other: number]

/** What was sent in an app on a day. */
export interface DayNumbers {
  /** Of the day, or of one of its hours. */
  sent(to: 'single' | 'group', hour?: number): ByType
  /** Users who sent something. */
  readonly senders: number
  /** Users who sent something or logged in. */
  readonly active: number
  /** Groups with a message. */
  readonly groups: number
}

export interface TallyRow {
  readonly msgid: number
  readonly sender: number
  /** As the table has it: it tells the kind, too. */
  readonly target: number
  readonly msg_type: string
}

const TYPES = ['text', 'image', 'voice']
const SLOTS = TYPES.length + 1
const HOURS = 24

const sum = (a: ByType, b: ByType): ByType => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
/** Adds up what is told apart by type. */
export const sumByType = (all: readonly ByType[]): ByType => all.reduce(sum, [0, 0, 0, 0])

class Sent {
  /** By kind of target, hour and type. */
  readonly #counts: Float64Array

  constructor(counts: Float64Array = new Float64Array(2 * HOURS * SLOTS)) {
    this.#counts = counts
  }

  copy(): Sent {
    return new Sent(this.#counts.slice())
  }

  add(to: 'single' | 'group', hour: number, msg_type: string): void {
    const type = TYPES.indexOf(msg_type)
    this.#counts[indexOf(to, hour) + (type < 0 ? TYPES.length : type)]! += 1
  }

  sent(to: 'single' | 'group', hour?: number): ByType {
    if (hour === undefined) return sumByType(Array.from({ length: HOURS }, (_, each) => this.sent(to, each)))
    const [text = 0, image = 0, voice = 0, other = 0] = this.#counts.subarray(indexOf(to, hour))
    return [text, image, voice, other]
  }
}

const indexOf = (to: 'single' | 'group', hour: number): number =>
  ((to === 'single' ? 0 : HOURS) + hour) * SLOTS

/** Of a day when nothing was sent. */
export const EMPTY_DAY: DayNumbers = {
  sent: () => [0, 0, 0, 0],
  senders: 0,
  active: 0,
  groups: 0,
}

/** Adds up what is sent on a day, message by message. Chat rooms count for who is active only. */
export class DayTally {
  readonly #start: number
  readonly #sent: Sent
  readonly #senders: Set<number>
  readonly #groups: Set<number>

  constructor(day: number, from?: DayTally) {
    this.#start = startOfDay(day)
    this.#sent = from ? from.#sent.copy() : new Sent()
    this.#senders = new Set(from ? from.#senders : [])
    this.#groups = new Set(from ? from.#groups : [])
  }

  add({ msgid, sender, target, msg_type }: TallyRow): void {
    this.#senders.add(sender)
    const kind = targetKind(target)
    if (kind === 'chatroom') return
    if (kind === 'group') this.#groups.add(target)
    this.#sent.add(kind, Math.floor((ctimeOf(msgid) - this.#start) / HOUR_MS), msg_type)
  }

  /** @param logins ids of those who logged in */
  numbers(logins: readonly number[]): DayNumbers {
    const sent = this.#sent.copy()
    const silent = logins.filter(user => !this.#senders.has(user)).length
    return {
      sent: (to, hour) => sent.sent(to, hour),
      senders: this.#senders.size,
      active: this.#senders.size + silent,
      groups: this.#groups.size,
    }
  }
}
