import type { Cancel, Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

/** Undoes something. */
export type Undo = () => void | Promise<void>

/** Each undoing is waited for so long, in ms: one that never ends must not keep a plugin, or all of Beadle, from ending. */
export const UNDO_MS = 5000
const LATE = Symbol('late')

/**
 * What a plugin has set up, each thing with its undoing. Undone in reverse order when the plugin is unloaded, reloaded
 * or fails half-way, so that nothing of it stays behind.
 */
export class Effects {
  readonly #log: Log
  readonly #clock: Clock
  #undos: { readonly label: string; readonly undo: Undo }[] = []
  #disposed = false

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Labels of what is set up, oldest first. */
  get labels(): string[] {
    return this.#undos.map(({ label }) => label)
  }

  /** Notes how something is undone. What is noted after the end is undone at once. */
  add(label: string, undo: Undo): void {
    if (this.#disposed) void this.#undo(label, undo)
    else this.#undos.push({ label, undo })
  }

  /** Undoes everything. One undoing that fails, or takes too long, does not keep the others from being done. */
  async dispose(): Promise<void> {
    this.#disposed = true
    const undos = this.#undos.reverse()
    this.#undos = []
    for (const { label, undo } of undos) await this.#undo(label, undo)
  }

  async #undo(label: string, undo: Undo): Promise<void> {
    let cancel: Cancel = () => {}
    const late = new Promise<typeof LATE>(resolve => {
      cancel = this.#clock.after(UNDO_MS, () => resolve(LATE))
    })
    try {
      if ((await Promise.race([undo(), late])) !== LATE) return
      this.#log.error({ effect: label, ms: UNDO_MS }, 'undoing something a plugin set up takes too long')
    } catch (err) {
      this.#log.error({ err, effect: label }, 'something a plugin set up could not be undone')
    } finally {
      cancel()
    }
  }
}
