import type { Log } from '../../base/log.ts'

/** Undoes something. */
export type Undo = () => void | Promise<void>

/**
 * What a plugin has set up, each thing with its undoing. Undone in reverse order when the plugin is unloaded, reloaded
 * or fails half-way, so that nothing of it stays behind.
 */
export class Effects {
  readonly #log: Log
  #undos: { readonly label: string; readonly undo: Undo }[] = []
  #disposed = false

  constructor(log: Log) {
    this.#log = log
  }

  /** Whether everything was undone. */
  get disposed(): boolean {
    return this.#disposed
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

  /** Undoes everything. One undoing that fails does not keep the others from being done. */
  async dispose(): Promise<void> {
    this.#disposed = true
    const undos = this.#undos.reverse()
    this.#undos = []
    for (const { label, undo } of undos) await this.#undo(label, undo)
  }

  async #undo(label: string, undo: Undo): Promise<void> {
    try {
      await undo()
    } catch (err) {
      this.#log.error({ err, effect: label }, 'something a plugin set up could not be undone')
    }
  }
}
