import type { Log } from '../../base/log.ts'
import { partitionOf } from './partition.ts'

/** What one process of all does: it is begun and ended as the part is taken and left that its name is in. */
export interface Duty {
  readonly name: string
  /** @param goesOn  another process did it until a moment ago */
  readonly start: (goesOn: boolean) => unknown
  /** Resolves when nothing of it is done any more. */
  readonly stop: () => Promise<void>
}

/** A duty that is done by something that is made anew each time, if there is one. */
export function duty(name: string | false, make: () => { start(): void; stop(): Promise<void> }): Duty[] {
  if (name === false) return []
  let doing: ReturnType<typeof make> | undefined
  return [
    {
      name,
      start() {
        doing = make()
        doing.start()
      },
      stop: async () => doing?.stop(),
    },
  ]
}

/** What is done once for all, and not by each process. */
export class Duties {
  readonly #duties: readonly (Duty & { readonly partition: number })[]
  readonly #log: Log
  readonly #begun = new Set<Duty>()
  #inOrder: Promise<void> = Promise.resolve()

  constructor(duties: readonly Duty[], log: Log) {
    this.#duties = duties.map(duty => ({ ...duty, partition: partitionOf(`duty:${duty.name}`) }))
    this.#log = log
  }

  /** @param goesOn  other processes did what is to be done in these parts until a moment ago */
  take(parts: ReadonlySet<number>, goesOn: boolean): Promise<void> {
    return this.#next(async () => {
      for (const duty of this.#duties) {
        if (!parts.has(duty.partition) || this.#begun.has(duty)) continue
        this.#begun.add(duty)
        this.#log.debug({ duty: duty.name }, 'this process does it from now on')
        await duty.start(goesOn)
      }
    })
  }

  leave(parts: ReadonlySet<number>): Promise<void> {
    return this.#next(async () => {
      for (const duty of this.#duties) {
        if (parts.has(duty.partition) && this.#begun.delete(duty)) await duty.stop()
      }
    })
  }

  leaveAll(): Promise<void> {
    return this.leave(new Set(this.#duties.map(({ partition }) => partition)))
  }

  /** What is taken again while it is being left is begun once it has ended. */
  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#inOrder.then(work)
    this.#inOrder = done.catch(() => {})
    return done
  }
}
