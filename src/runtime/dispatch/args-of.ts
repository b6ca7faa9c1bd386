import type { ArgumentValue } from './argument-types.ts'

/**
 * The arguments that a pattern yields:
 * `ArgsOf<'mute <user:user> [for:duration=10m] [reason...]'>` is `{ user: string; for: number; reason?: string }`.
 *
 * A pattern that is only known to be a string yields a record of unknown names.
 */
export type ArgsOf<Pattern extends string> = string extends Pattern
  ? Record<string, ArgumentValue | undefined>
  : Show<
      { [Spec in RequiredSpecs<Pattern> as NameOf<Spec>]: ValueOf<Spec> } & {
        [Spec in OptionalSpecs<Pattern> as Spec extends WithDefault ? NameOf<Spec> : never]: ValueOf<Spec>
      } & {
        [Spec in OptionalSpecs<Pattern> as Spec extends WithDefault ? never : NameOf<Spec>]?: ValueOf<Spec>
      }
    >

type WithDefault = `${string}=${string}`

/** What stands between `<` and `>`, as a union. */
type RequiredSpecs<Pattern extends string> = Pattern extends `${string}<${infer Spec}>${infer Rest}`
  ? Spec | RequiredSpecs<Rest>
  : never

/** What stands between `[` and `]`, as a union. */
type OptionalSpecs<Pattern extends string> = Pattern extends `${string}[${infer Spec}]${infer Rest}`
  ? Spec | OptionalSpecs<Rest>
  : never

type NameOf<Spec extends string> = Spec extends `${infer Head}=${string}`
  ? NameOf<Head>
  : Spec extends `${infer Name}...`
    ? Name
    : Spec extends `${infer Name}:${string}`
      ? Name
      : Spec

type ValueOf<Spec extends string> = Spec extends `${infer Head}=${string}`
  ? ValueOf<Head>
  : Spec extends `${string}...`
    ? string
    : Spec extends `${string}:${infer Type}`
      ? ValueOfType<Type>
      : string

/** An unknown type yields never; registering such a pattern throws. */
type ValueOfType<Type extends string> = Type extends 'int' | 'number' | 'duration'
  ? number
  : Type extends 'flag'
    ? boolean
    : Type extends 'string' | 'user' | 'text'
      ? string
      : never

type Show<T> = { [Key in keyof T]: T[Key] } & {}
