import type { z } from 'zod'
import type { Duration } from '../../bot/context.ts'
import type { ConversationId, StateConversation, StatePerson } from './state-key.ts'
import type { ChangeOptions, EntriesOptions } from './state-options.ts'

/**
 * Whose a value is. `bot`: of this instance of the plugin in this bot; `plugin`: of all bots and instances that use the
 * plugin of this name; `conversation`, `person`: one for each, within this instance and bot.
 */
export type StateScope = 'bot' | 'plugin' | 'conversation' | 'person'

export interface DefineStateOptions<Schema extends z.ZodType, Per extends StateScope> {
  /** Default: `bot`. */
  readonly per?: Per
  /** How long a value is kept after it was last written: ms, or `30d`. Default: for good. */
  readonly ttl?: Duration
  /** Makes a value of a former one that does not fit the schema any more. */
  readonly migrate?: (old: unknown) => z.input<Schema>
}

/** What is there where nothing is kept: the schema's default, if it is known to have one. */
type Absent<Schema extends z.ZodType> = Schema extends z.ZodCatch
  ? never
  : unknown extends z.input<Schema>
    ? undefined
    : undefined extends z.input<Schema>
      ? never
      : undefined

type Kept<Schema extends z.ZodType> = z.output<Schema> | Absent<Schema>
type Change<Schema extends z.ZodType> = (now: Kept<Schema>) => z.output<Schema>

/** A value that a plugin keeps. */
export interface StateValue<Schema extends z.ZodType> {
  /**
   * The value; where none is kept, or it has expired, what the schema makes of `undefined`.
   *
   * @throws AppError `state.mismatch`  what is kept does not fit the schema any more
   */
  get(): Promise<Kept<Schema>>
  /**
   * Resolves once the value is on disk.
   *
   * @throws AppError `state.value`  it does not fit the schema
   */
  set(value: z.output<Schema>): Promise<void>
  /**
   * Changes the value in one step, so that no other change comes in between; resolves with the new one. `change` may be
   * called again, so it must do nothing else.
   */
  update(change: Change<Schema>, options?: ChangeOptions): Promise<z.output<Schema>>
  delete(): Promise<void>
}

/** Values that a plugin keeps, one for each key. */
export interface StateValues<Schema extends z.ZodType, Key, Name extends string = string> {
  /** As that of {@link StateValue}. */
  get(of: Key): Promise<Kept<Schema>>
  /** As that of {@link StateValue}. */
  set(of: Key, value: z.output<Schema>): Promise<void>
  /** As that of {@link StateValue}. */
  update(of: Key, change: Change<Schema>, options?: ChangeOptions): Promise<z.output<Schema>>
  delete(of: Key): Promise<void>
  /** What is kept, in the order of the keys, a page at a time. */
  entries(options?: EntriesOptions): Promise<readonly DefinedEntry<Schema, Name>[]>
}

export interface DefinedEntry<Schema extends z.ZodType, Name extends string = string> {
  /** A username, or a conversation such as `group:10000001`. */
  readonly key: Name
  readonly value: z.output<Schema>
}

/** A number that is counted. */
export interface StateCounter {
  /** Adds to the number, in one step, and resolves with the new one. Default: 1. */
  add(by?: number, options?: ChangeOptions): Promise<number>
}

/** Numbers that are counted, one for each key. */
export interface StateCounters<Key, Name extends string = string> {
  /** Adds to a number, in one step, and resolves with the new one. Default: 1. */
  add(of: Key, by?: number, options?: ChangeOptions): Promise<number>
  /** The highest, 1000 at most. Default: 10. */
  top(limit?: number): Promise<readonly { readonly key: Name; readonly value: number }[]>
}

type IsNumber<Schema extends z.ZodType> = [z.output<Schema>] extends [number] ? true : false

type Keyed<Schema extends z.ZodType, Key, Name extends string> = StateValues<Schema, Key, Name> &
  (IsNumber<Schema> extends true ? StateCounters<Key, Name> : unknown)

/** What `state.define` gives: with a key or without one, by whose the value is. */
export type DefinedState<Schema extends z.ZodType, Per extends StateScope> = Per extends 'person'
  ? Keyed<Schema, StatePerson, string>
  : Per extends 'conversation'
    ? Keyed<Schema, StateConversation, ConversationId>
    : StateValue<Schema> & (IsNumber<Schema> extends true ? StateCounter : unknown)
