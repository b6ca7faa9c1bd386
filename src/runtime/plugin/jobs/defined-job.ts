import type { z } from 'zod'
import type { JobWhen } from './job-time.ts'

/** A job whose data has a schema. */
export interface DefinedJob<Schema extends z.ZodType = z.ZodType> {
  readonly name: string
  /**
   * Has it come about, as asked for outside of handlers. In handlers, give it to the `job` of their context.
   *
   * @throws AppError `job.data` that names the field, and as `job` does
   */
  schedule(when: JobWhen, data: z.input<Schema>): Promise<void>
  /** Takes back the one of a key, if it waits. */
  cancel(key: string): Promise<void>
  /** Those that wait, in the order of their keys, a page at a time. */
  waiting(options?: WaitingOptions): Promise<readonly WaitingJob<z.output<Schema>>[]>
}

/** A job that waits. */
export interface WaitingJob<Data = unknown> {
  /** The one it was given, or one that was made up for it. */
  readonly key: string
  /** When it comes about next: epoch ms. */
  readonly dueAt: number
  /** How often it comes about: `10m`, `0 9 * * 1-5`; `undefined` for once. */
  readonly every: string | undefined
  readonly data: Data
}

export interface WaitingOptions {
  /** At most 1000. Default 100. */
  readonly limit?: number
  /** Begins after this key: that of the last job of the page before. */
  readonly after?: string
}

/** Asks for a job by its name, or by its definition, with data that fits it. */
export interface AskForJob {
  (name: string, when: JobWhen, data?: unknown): Promise<void>
  <Schema extends z.ZodType>(job: DefinedJob<Schema>, when: JobWhen, data: z.input<Schema>): Promise<void>
}
