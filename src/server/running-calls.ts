/** Calls that have not been answered yet, so that closing can wait for them. */
export class RunningCalls {
  readonly #running = new Set<Promise<unknown>>()

  track<T>(call: Promise<T>): Promise<T> {
    this.#running.add(call)
    const forget = () => this.#running.delete(call)
    call.then(forget, forget)
    return call
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running])
  }
}
