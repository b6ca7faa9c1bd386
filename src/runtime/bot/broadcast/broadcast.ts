import { AppError } from '../../../base/errors.ts'
import type { BroadcastState, BroadcastTargetState } from '../../../store/schema/runtime.ts'
import { type BroadcastRow, type TargetRow, targetsAfter, targetsIn } from './broadcast-rows.ts'
import type { BroadcastDesk } from './broadcasts.ts'

/** How far a broadcast is, in numbers of targets. */
export interface BroadcastProgress {
  /** `undoing`: what was sent is being taken back. */
  readonly state: BroadcastState
  readonly total: number
  readonly sent: number
  /** JMessage refused, or did not take it in time. */
  readonly failed: number
  /** Nobody can tell whether it was sent; it is not sent again by itself. */
  readonly unsure: number
  /** Still to be sent. */
  readonly waiting: number
  /** Not sent, as the broadcast was cancelled or undone before. */
  readonly cancelled: number
  readonly retracted: number
  /** Sent, and not retracted in time. */
  readonly tooLate: number
  /** Epoch ms. */
  readonly startedAt: number
  /** Epoch ms; `undefined` while something is left to be done. */
  readonly endedAt: number | undefined
  /** What is left takes so many ms, by the quota there is. */
  readonly leftMs: number
}

/** What became of a broadcast for one of its targets. */
export interface BroadcastResult {
  /** Targets are served in this order, from 0. */
  readonly position: number
  readonly to: { readonly type: 'group' | 'room' | 'user'; readonly id: string }
  readonly state: BroadcastTargetState
  /** JMessage's number for the message. */
  readonly msgId?: number
  /** Epoch ms. */
  readonly sentAt?: number
  /** Why it failed, is unsure, or could not be taken back. */
  readonly error?: string
}

const RESULTS_PAGE = 100
/** Broadcasts, or results of one, that can be asked for at a time. */
export const MOST_LISTED = 1000

/** @throws AppError `broadcast.invalid` */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_LISTED) return limit
  throw new AppError(`limit must be a whole number from 1 to ${MOST_LISTED}, not ${limit}`, {
    code: 'broadcast.invalid',
  })
}

/** A message to many targets. It goes on over restarts; its `id` finds it again. */
export class Broadcast {
  readonly id: string
  /** Name of the bot's file. */
  readonly bot: string
  readonly title: string
  /** Number of targets. */
  readonly total: number
  /** How long all of it takes, by the quota and by what else was to be sent when it was begun: ms. */
  readonly estimateMs: number
  readonly #all: BroadcastDesk

  constructor(
    all: BroadcastDesk,
    row: Pick<BroadcastRow, 'id' | 'bot' | 'title' | 'total'>,
    estimateMs: number,
  ) {
    this.#all = all
    this.id = row.id
    this.bot = row.bot
    this.title = row.title
    this.total = row.total
    this.estimateMs = estimateMs
  }

  progress(): Promise<BroadcastProgress> {
    return this.#all.progress(this.id)
  }

  /**
   * Sends no more until it is resumed. The few messages that are on their way, about a second's worth, still leave.
   *
   * @returns whether it was running
   */
  pause(): Promise<boolean> {
    return this.#all.move(this.id, ['running'], 'paused')
  }

  /** @returns whether it was paused */
  resume(): Promise<boolean> {
    return this.#all.move(this.id, ['paused'], 'running')
  }

  /**
   * What has not left does not leave any more.
   *
   * @returns whether something of it was left to be sent
   */
  cancel(): Promise<boolean> {
    return this.#all.move(this.id, ['running', 'paused'], 'cancelled')
  }

  /**
   * Cancels it, and takes back what was sent: those first that were sent first, as their three minutes end first.
   * Resolves once that is on disk and has begun; {@link done} waits for its end.
   *
   * @returns `false` when it was undone already
   */
  undo(): Promise<boolean> {
    return this.#all.move(this.id, ['running', 'paused', 'cancelled', 'done'], 'undoing')
  }

  /**
   * What became of it for each target, in their order.
   *
   * @param page.state  only targets of this state
   * @param page.after  begins after this position
   * @param page.limit  1 to 1000, default 100
   * @throws AppError `broadcast.invalid`
   */
  async results(
    page: { readonly state?: BroadcastTargetState; readonly after?: number; readonly limit?: number } = {},
  ): Promise<BroadcastResult[]> {
    const { state, after = -1, limit = RESULTS_PAGE } = page
    const range = { broadcast: this.id, after, limit: checkLimit(limit) }
    const { read } = this.#all.store
    const rows = state ? await read.all(targetsIn, { ...range, state }) : await read.all(targetsAfter, range)
    return rows.map(resultOf)
  }

  /** Resolves when nothing is left to be done: everything was sent, or it was cancelled or undone. */
  done(): Promise<BroadcastProgress> {
    return this.#all.ended(this.id)
  }
}

const shown = { group: 'group', chatroom: 'room', single: 'user' } as const

const resultOf = (row: TargetRow): BroadcastResult => ({
  position: row.position,
  to: { type: shown[row.target_type], id: row.target_id },
  state: row.state,
  ...(row.msg_id === null ? {} : { msgId: row.msg_id }),
  ...(row.sent_at === null ? {} : { sentAt: row.sent_at }),
  ...(row.error === null ? {} : { error: row.error }),
})
