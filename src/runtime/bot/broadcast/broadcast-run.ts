import { setMaxListeners } from 'node:events'
import { backoffMs } from '../../../base/backoff.ts'
import { type Clock, sleep } from '../../../base/clock.ts'
import { AppError, asError } from '../../../base/errors.ts'
import type { Log } from '../../../base/log.ts'
import { change, type Store } from '../../../store/index.ts'
import type { BroadcastState, BroadcastTargetState, RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Sending } from '../context.ts'
import type { Call } from '../outbox-entry.ts'
import {
  type BroadcastRow,
  endBroadcast,
  leaveTargets,
  noteTarget,
  type TargetNote,
  type TargetRow,
  targetsIn,
} from './broadcast-rows.ts'
import { Lead } from './lead.ts'
import { knownOf, Posts } from './posts.ts'
import { UnderWay } from './under-way.ts'

export interface RunOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  /** Takes the messages. */
  readonly sending: Sending
  /** So many messages may be on their way at a time, and not more than `WINDOW`; those at which JMessage fails count less. */
  readonly room: () => number
  /** Told of each target that is over. */
  readonly onNoted: (run: BroadcastRun) => void
  /** Told when nothing is left to be done. */
  readonly onEnd: (run: BroadcastRun) => void
  /** Ends everything. */
  readonly signal: AbortSignal
}

/** Messages of all broadcasts that are on their way at the same time. */
export const WINDOW = 64
/** Targets that are read at a time. */
const PAGE = 200
/** Targets that are given up by one commit. */
const LEFT_AT_A_TIME = 1000

/**
 * A broadcast at work: a few messages at a time are in the outbox, in the order of the targets.
 *
 * What became of each is in the outbox first, under a key of its own, and with the target afterwards. As a place is
 * free only after that, what a crash leaves unnoted is among the first targets that wait: after {@link WINDOW} of which
 * the outbox knows none there are no others.
 */
export class BroadcastRun {
  readonly row: BroadcastRow
  readonly #options: RunOptions
  readonly #posts: Posts
  /** As it is on disk. */
  #state: BroadcastState
  readonly #underWay = new UnderWay()
  /** Those that are being taken back. */
  readonly #takenBack = new UnderWay()
  /** Those of them that arrived only then. */
  readonly #arrived = new Set<number>()
  readonly #lead = new Lead()
  /** Aborted when another process goes on with it. */
  readonly #left = new AbortController()
  readonly #signal: AbortSignal
  #isWorking = false
  #wake = () => {}
  #end = () => {}
  /** Resolves when nothing is left to be done. */
  readonly over = new Promise<void>(resolve => {
    this.#end = resolve
  })

  constructor(row: BroadcastRow, options: RunOptions) {
    this.row = row
    this.#state = row.state
    this.#options = options
    this.#signal = AbortSignal.any([options.signal, this.#left.signal])
    // Everything that waits for the store listens to it.
    setMaxListeners(0, this.#signal)
    this.#posts = new Posts(row, options)
  }

  /** Another process goes on with it: nothing more is begun or noted here. */
  leave(): void {
    this.#left.abort(new AppError('another process sees to it now', { code: 'broadcast.moved' }))
  }

  get state(): BroadcastState {
    return this.#state
  }

  /** Whether nothing more of it is to be sent. */
  get #isOver(): boolean {
    return this.#state === 'cancelled' || this.#state === 'undoing'
  }

  /** Goes on by what is on disk now. What has not left of a cancelled one does not leave once this resolves. */
  async moved(state: BroadcastState): Promise<void> {
    this.#state = state
    this.#wake()
    if (this.#isOver) {
      const { sending } = this.#options
      await Promise.allSettled(this.#underWay.calls.map(key => sending.cancel(key)))
    }
    this.start()
  }

  /** Follows a message that a person had sent after all, and goes on by what is on disk now. */
  follow(target: TargetRow, state: BroadcastState): void {
    this.#state = state
    if (!this.#underWay.has(target.position)) this.#send(target)
    this.start()
  }

  /** Works in the background. */
  start(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    // Only what was stopped ends with an error; the next start goes on with it.
    this.#work().catch(() => {})
  }

  async #work(): Promise<void> {
    await this.#settleLeft()
    for (;;) {
      const state = this.#state
      if (state === 'running') await this.#sendAll()
      else if (state === 'cancelled') await this.#leaveAll()
      else if (state === 'undoing') await this.#takeBackAll()
      else break
      const end = state === 'running' ? 'done' : state === 'undoing' ? 'undone' : state
      if (this.#state === state && (await this.#finish(state, end))) break
    }
    this.#isWorking = false
  }

  async #sendAll(): Promise<void> {
    await this.#forEach('waiting', 'running', this.#underWay, target => this.#send(target))
    await this.#until(() => this.#underWay.size === 0 || this.#state !== 'running')
  }

  /** Gives up what waits, and is not on its way. */
  async #leaveRest(): Promise<void> {
    const { store } = this.#options
    const { id: broadcast } = this.row
    const leave = () => {
      const but = JSON.stringify(this.#underWay.positions)
      return store.apply(change(leaveTargets, { broadcast, but, limit: LEFT_AT_A_TIME }))
    }
    while ((await this.#steadily(leave))[0]! > 0);
  }

  async #leaveAll(): Promise<void> {
    await this.#leaveRest()
    await this.#until(() => this.#underWay.size === 0 || this.#state !== 'cancelled')
  }

  /** Those first that were sent first, as their time ends first. What is on its way is taken back when it arrives. */
  async #takeBackAll(): Promise<void> {
    await this.#leaveRest()
    await this.#forEach('sent', 'undoing', this.#takenBack, async target => {
      if (this.#arrived.has(target.position)) return
      const late = this.#posts.lateNote(target, this.#lead.ms)
      if (late) await this.#note(target, late)
      else this.#takeBack(target)
    })
    await this.#until(() => this.#underWay.size + this.#takenBack.size === 0)
  }

  #send(target: TargetRow): void {
    this.#begin(this.#underWay, target, this.#posts.callFor(target), ({ state, msgId, sentAt }) => {
      if (state !== 'sent' || this.#state !== 'undoing') return
      this.#arrived.add(target.position)
      this.#takeBack({ ...target, state, msg_id: msgId, sent_at: sentAt })
    })
  }

  #takeBack(target: TargetRow): void {
    const { clock } = this.#options
    const chosenAt = clock.now()
    this.#begin(this.#takenBack, target, this.#posts.retractionOf(target), ({ state }) =>
      this.#lead.learn(clock.now() - chosenAt, state === 'too-late'),
    )
  }

  /** Does something for each target of a state, as there is room among what is under way. */
  async #forEach(
    state: BroadcastTargetState,
    during: BroadcastState,
    underWay: UnderWay,
    run: (target: TargetRow) => unknown,
  ): Promise<void> {
    const isGoingOn = () => this.#state === during
    for (let after = -1; ; ) {
      const page = await this.#page(state, after, PAGE)
      for (const target of page) {
        await this.#until(() => underWay.hasRoom(this.#options.room()) || !isGoingOn())
        if (!isGoingOn()) return
        if (!underWay.has(target.position)) await run(target)
        after = target.position
      }
      if (page.length < PAGE) return
    }
  }

  /**
   * Notes what the outbox knows already of targets that wait, as an earlier process may have died before that, and
   * follows what is still in it.
   */
  async #settleLeft(): Promise<void> {
    const { store, sending } = this.#options
    for (let after = -1, hasKnown = true; hasKnown; ) {
      hasKnown = false
      for (const target of await this.#page('waiting', after, WINDOW)) {
        after = target.position
        if (this.#underWay.has(after)) {
          hasKnown = true
          continue
        }
        const call = this.#posts.callFor(target)
        if (this.#isOver) await sending.cancel(call.key).catch(() => false)
        const known = await this.#steadily(() => knownOf(store, call.key))
        hasKnown ||= known !== undefined
        if (known === 'open') this.#send(target)
        else if (known) await this.#note(target, known)
      }
    }
  }

  #begin(underWay: UnderWay, target: TargetRow, call: Call, onNoted: (note: TargetNote) => void): void {
    const fails = underWay.add(target.position, call.key)
    const failing = () => {
      fails()
      this.#wake()
    }
    const make = async () => {
      const note = await this.#steadily(() => this.#posts.make(target, { ...call, failing }))
      await this.#note(target, note)
      onNoted(note)
      underWay.delete(target.position)
      this.#wake()
    }
    // One that was stopped is taken up by the next start.
    make().catch(() => {})
  }

  async #note({ position }: TargetRow, note: TargetNote): Promise<void> {
    const { store, onNoted } = this.#options
    const row = { ...note, broadcast: this.row.id, position }
    // At once: it shares the commit of the outbox's row.
    await this.#steadily(() => store.apply(change(noteTarget, row)))
    onNoted(this)
  }

  /** `false` when it was moved meanwhile, or a message of it is sent after all. */
  async #finish(from: BroadcastState, to: BroadcastState): Promise<boolean> {
    const { store, clock, onEnd } = this.#options
    const { id } = this.row
    const move = () => store.apply(change(endBroadcast, { id, from, to, endedAt: clock.now() }))
    const [moved] = await this.#steadily(move)
    if (moved === 0 || this.#state !== from || this.#underWay.size > 0) return false
    this.#state = to
    onEnd(this)
    this.#end()
    return true
  }

  #page(state: BroadcastTargetState, after: number, limit: number): Promise<TargetRow[]> {
    const { store } = this.#options
    return this.#steadily(() => store.read.all(targetsIn, { broadcast: this.row.id, state, after, limit }))
  }

  /** Resolves when something holds: looked at whenever a message ends or the state changes. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  /** Does something as often as it takes: what is in the way, such as a full disk, goes away at some time. */
  async #steadily<T>(work: () => Promise<T>): Promise<T> {
    const { clock, log } = this.#options
    const signal = this.#signal
    for (let failures = 1; ; failures++) {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (thrown) {
        const error = asError(thrown)
        if (failures === 1) log.warn({ broadcast: this.row.id, err: error }, 'a broadcast has to wait')
        await sleep(clock, backoffMs(failures, { firstMs: 500, longestMs: 30_000 }), signal)
      }
    }
  }
}
