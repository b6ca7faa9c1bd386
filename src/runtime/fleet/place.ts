import type { Change } from '../../store/index.ts'
import { PARTITIONS, partitionOf } from './partition.ts'

/** What one node tells the others, or itself, by way of the database. */
export type News =
  /** An event was accepted. */
  | { readonly kind: 'event'; readonly partition: number; readonly id: string }
  /** A delivery that ended waits again. */
  | {
      readonly kind: 'again'
      readonly partition: number
      readonly id: string
      readonly bot: string
      readonly plugin: string
    }
  /** A call that was given up is to be made after all. */
  | { readonly kind: 'call'; readonly partition: number; readonly key: string }
  /** A call that waits is to be taken back. */
  | { readonly kind: 'cancel'; readonly partition: number; readonly key: string }
  /** A broadcast was moved. */
  | { readonly kind: 'broadcast'; readonly partition: number; readonly id: string }
  /** There is a job that is due earlier than all others, perhaps. */
  | { readonly kind: 'job'; readonly dueAt: number }
  /** A node came, goes, or gave up parts. */
  | { readonly kind: 'fleet' }
  /** Every node is to read its configuration anew. */
  | { readonly kind: 'reload' }

/** The place of this process among those that work on the same database. */
export interface Place {
  /** Whether others work on it, too, or may at any time. */
  readonly isShared: boolean
  /** Whether this process is sure that what it has is its own still: if not, nothing is begun. */
  readonly isSure: boolean
  /** Whether it sees to a part. */
  has(partition: number): boolean
  /** One of its parts, for what may be handled anywhere and has this name. */
  any(name: string): number
  /** JSON: the numbers of its parts. */
  readonly parts: string
  /** What has to be written so that the owner of a part, or all, hear of something once that is committed. */
  tell(news: readonly News[]): Change[]
  /**
   * Resolves when whatever another process accepts from now on is sure to get a later id than what was accepted here at
   * `at` (epoch ms).
   */
  behind(at: number): Promise<void> | undefined
}

/** A process that has the database to itself. */
export const alone: Place = {
  isShared: false,
  isSure: true,
  has: () => true,
  any: partitionOf,
  parts: JSON.stringify(Array.from({ length: PARTITIONS }, (_, number) => number)),
  tell: () => [],
  behind: () => undefined,
}
