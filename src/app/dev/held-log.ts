import type { Log } from '../../base/log.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

interface Held {
  readonly to: Log
  readonly level: Level
  readonly fields: object
  readonly message: string
}

/** A log whose lines can be held back for a while, to leave out those of errors that are told in another way. */
export class HeldLog {
  #held: Held[] | undefined

  /** What is logged by way of it. */
  over(log: Log): Log {
    const line = (level: Level) => (fields: object, message: string) => {
      if (this.#held) this.#held.push({ to: log, level, fields, message })
      else log[level](fields, message)
    }
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: fields => this.over(log.child(fields)),
    }
  }

  /** Holds lines back until the work has ended. @param isTold  whether an error was told already */
  async during<T>(work: () => Promise<T>, isTold: (error: unknown) => boolean): Promise<T> {
    this.#held = []
    try {
      return await work()
    } finally {
      const held = this.#held
      this.#held = undefined
      for (const { to, level, fields, message } of held)
        if (!('err' in fields && isTold(fields.err))) to[level](fields, message)
    }
  }
}
