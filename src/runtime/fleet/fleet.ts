import { setTimeout as pause } from 'node:timers/promises'
import { sleep } from '../../base/clock.ts'
import { idMaker } from '../../base/ids.ts'
import type { Change } from '../../store/index.ts'
import type { FleetOptions, Worker } from './fleet-options.ts'
import {
  beat,
  CHANNEL,
  databaseTime,
  forgetNodes,
  giveUp,
  leave,
  liveNodes,
  notification,
  partsOf,
  TTL_MS,
  takeFree,
  takeFreeOrLeft,
} from './fleet-rows.ts'
import { readNews, writeNews } from './news.ts'
import { OwnParts } from './own-parts.ts'
import { PARTITIONS } from './partition.ts'
import type { News, Place } from './place.ts'

/** How often a node says that it is alive, and looks who else is, about. */
const BEAT_MS = 1000
/** Nodes do not all do so at the same moment. */
const SPREAD = 0.2
/** It stops to begin things so long before others may take it for dead. */
const MARGIN_MS = 1000
/** A node that was cut off for so long does not judge others: they may have been, too. */
const BLIND_MS = 2500
/** How long nodes that died are remembered. */
const REMEMBERED_MS = 3_600_000
/** How often what waits is looked for, whatever was heard. */
const LOOK_EVERY_MS = 15_000
/** While nothing can be heard. */
const LOOK_OFTEN_MS = 500
const MEASUREMENTS = 5
/** A node that was heard of within this time was at work until then, in ms. */
const RECENT_MS = 15_000

/**
 * This node among those that work on the same database. Each has some of the parts into which all conversations are
 * divided, and sees to what belongs to them. Who has what stands in the database, and nowhere else: a node that is not
 * heard of for {@link TTL_MS} loses its parts to the others.
 */
export class Fleet implements Place {
  readonly isShared = true
  readonly id: string
  readonly #options: FleetOptions
  readonly #stopped = new AbortController()
  readonly #parts = new OwnParts()
  /** Those that are being given up. */
  readonly #leaving = new Set<number>()
  #worker: Worker | undefined
  #sureUntil = 0
  #wasSure = false
  /** When the database last answered a beat, in steady time. */
  #heardAt = Number.NEGATIVE_INFINITY
  /** By how much the clocks of the others may be wrong, at most. */
  #othersErrorMs = 0
  #live = 1
  #listening = false
  #unlisten = async () => {}
  #loop: Promise<void> = Promise.resolve()
  #hurry = () => {}
  #lookedAt = 0
  /** Others saw to what was taken first until a moment ago. */
  #goesOn = false

  constructor(options: FleetOptions) {
    this.#options = options
    this.id = idMaker(() => options.clock.now())()
  }

  get isSure(): boolean {
    return this.#options.steady() < this.#sureUntil
  }

  has(partition: number): boolean {
    return this.#parts.isAdmitted(partition)
  }

  /** How many parts this node sees to. */
  get count(): number {
    return this.#parts.admitted.length
  }

  any(): number {
    return this.#parts.any()
  }

  get parts(): string {
    return this.#parts.json
  }

  tell(news: readonly News[]): Change[] {
    return writeNews(news).map(notification)
  }

  behind(at: number): Promise<void> | undefined {
    const { shared } = this.#options
    const until = at + 1 + shared.errorMs + this.#othersErrorMs
    const left = until - shared.now()
    return left <= 0 ? undefined : pause(Math.ceil(left)).then(() => {})
  }

  /** Finds out what time it is by the database. To be called before anything asks for the time. */
  async setClock(): Promise<void> {
    for (let count = 0; count < MEASUREMENTS; count++) await this.#measure()
  }

  /** Registers this node, and takes what is its share. Rejects when the database cannot be reached. */
  async join(): Promise<void> {
    const { store } = this.#options
    this.#unlisten = await store.listen!(CHANNEL, {
      heard: text => this.#heard(text),
      connected: () => {
        this.#listening = true
        this.#lookSoon()
      },
      lost: () => {
        this.#listening = false
      },
    })
    // The first is not known to have been cut off.
    this.#heardAt = this.#options.steady()
    await this.#step()
    await this.#announce()
    this.#loop = this.#keepOn()
  }

  /** From now on what is taken is seen to by a worker: first, what is there already. */
  async work(worker: Worker): Promise<void> {
    this.#worker = worker
    if (this.#parts.size > 0) await this.#takeUp(this.#parts.all, this.#goesOn)
  }

  /** Gives up everything. The worker has stopped already. */
  async leave(): Promise<void> {
    this.#stopped.abort()
    this.#hurry()
    await this.#loop
    this.#parts.drop(this.#parts.all)
    const { store, log } = this.#options
    try {
      const all = JSON.stringify(Array.from({ length: PARTITIONS }, (_, number) => number))
      await store.once(giveUp, { id: this.id, parts: all })
      await store.once(leave, { id: this.id })
      await this.#announce()
    } catch (err) {
      log.warn({ err }, 'the other nodes could not be told that this one stops; they will find out')
    }
    await this.#unlisten()
  }

  async #announce(): Promise<void> {
    await this.#options.store.apply(...this.tell([{ kind: 'fleet' }]))
  }

  #heard(text: string): void {
    const news = readNews(text)
    if (news.some(({ kind }) => kind === 'fleet')) this.#hurry()
    if (news.some(({ kind }) => kind === 'reload')) this.#options.onReload?.()
    const own = news.filter(one => !('partition' in one) || this.#parts.isOwn(one.partition))
    if (own.length > 0) this.#worker?.hear(own)
  }

  async #keepOn(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopped
    let failures = 0
    while (!signal.aborted) {
      const wait = BEAT_MS * (1 + SPREAD * (Math.random() - 0.5))
      await Promise.race([
        sleep(clock, wait, signal).catch(() => {}),
        new Promise<void>(resolve => {
          this.#hurry = resolve
        }),
      ])
      if (signal.aborted) return
      try {
        await this.#step()
        if (failures > 0) log.info({ failures }, 'this node has its place among the others again')
        failures = 0
      } catch (err) {
        if (++failures === 1) log.warn({ err }, 'the other nodes cannot be told that this one is alive')
      }
      this.#lookWhenDue()
    }
  }

  /** Says that this node is alive, and sees to it that it has its share, and no more. */
  async #step(): Promise<void> {
    const { store, steady, shared, name } = this.#options
    const began = steady()
    const wasBlind = began - this.#heardAt > BLIND_MS
    await store.once(beat, { id: this.id, name, errorMs: Math.ceil(Math.min(shared.errorMs, 1e6)) })
    const [own, live] = await Promise.all([store.once(partsOf, { id: this.id }), store.once(liveNodes, {})])
    this.#live = Math.max(1, live.length)
    this.#othersErrorMs = Math.max(0, ...live.filter(({ id }) => id !== this.id).map(node => node.error_ms))
    const owned = own.map(({ number }) => number)
    this.#lost(new Set(owned))
    // Taken by a statement whose answer was lost, or given up by one that failed.
    const strays = owned.filter(part => !this.#parts.isOwn(part) && !this.#leaving.has(part))
    if (strays.length > 0) await store.once(giveUp, { id: this.id, parts: JSON.stringify(strays) })
    this.#heardAt = steady()
    // Only now, as it could have lost some while it was not heard of.
    this.#sureUntil = began + TTL_MS - MARGIN_MS
    if (!this.#wasSure) this.#worker?.sure()
    this.#wasSure = true
    void this.#measure().catch(() => {})
    await this.#balance(wasBlind)
  }

  #lost(own: ReadonlySet<number>): void {
    const lost = this.#parts.all.filter(part => !own.has(part))
    if (lost.length === 0) return
    this.#parts.drop(lost)
    this.#options.log.warn({ parts: lost.length }, 'this node was taken for dead: others have what it had')
    this.#worker?.lose(lost)
  }

  async #balance(wasBlind: boolean): Promise<void> {
    const { store } = this.#options
    const share = Math.ceil(PARTITIONS / this.#live)
    const more = share - this.#parts.size
    if (more > 0) {
      const params = { id: this.id, most: more }
      const taken = await store.once(wasBlind ? takeFree : takeFreeOrLeft, params)
      if (taken.length > 0) await this.#taken(taken)
      void store.once(forgetNodes, { longMs: REMEMBERED_MS }).catch(() => {})
    } else if (more < 0 && this.#leaving.size === 0) {
      void this.#giveUp(this.#parts.admitted.slice(0, -more)).catch(() => {})
    }
  }

  async #taken(taken: readonly { number: number; silentMs: number | null }[]): Promise<void> {
    const parts = taken.map(({ number }) => number)
    const silent = taken.flatMap(({ silentMs }) => silentMs ?? [])
    const silentMs = silent.length > 0 ? Math.max(...silent) : undefined
    this.#parts.add(parts)
    this.#options.log.info({ parts: parts.length, of: this.#parts.size, silentMs }, 'this node sees to more')
    // Not waited for: the next beat must not wait for what may take long.
    const goesOn = this.#live > 1 || (silentMs !== undefined && silentMs < RECENT_MS)
    if (this.#worker) void this.#takeUp(parts, goesOn)
    else this.#goesOn = goesOn
  }

  /** Ends what is under way of some parts, and then gives them up. */
  async #giveUp(parts: readonly number[]): Promise<void> {
    for (const part of parts) this.#leaving.add(part)
    this.#parts.drop(parts)
    try {
      await this.#worker?.leave(parts)
      await this.#options.store.once(giveUp, { id: this.id, parts: JSON.stringify(parts) })
      this.#options.log.info(
        { parts: parts.length, of: this.#parts.size },
        'this node gave some up to others',
      )
      await this.#announce()
    } finally {
      for (const part of parts) this.#leaving.delete(part)
    }
  }

  #takeUp(parts: readonly number[], goesOn: boolean): Promise<void> {
    return this.#worker!.take(parts, goesOn, () => this.#parts.admit(parts))
  }

  async #measure(): Promise<void> {
    const { store, steady, shared } = this.#options
    const asked = steady()
    const [row] = await store.once(databaseTime, {})
    shared.measured(row!.at, asked, steady())
  }

  #lookWhenDue(): void {
    const every = this.#listening ? LOOK_EVERY_MS : LOOK_OFTEN_MS
    if (this.#options.steady() - this.#lookedAt >= every) this.#lookSoon()
    if (!this.isSure) this.#wasSure = false
  }

  #lookSoon(): void {
    this.#lookedAt = this.#options.steady()
    this.#worker?.look()
  }
}
