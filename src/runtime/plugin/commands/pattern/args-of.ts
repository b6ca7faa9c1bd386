import type { ArgumentTypes, ArgumentValue } from './argument-types.ts'

/**
 * The arguments that a pattern yields:
 * `ArgsOf<'mute <user> [for:duration=10m] --reason <text...>'>` is `{ user: string; for: number; reason?: string }`.
 *
 * A pattern that is only known to be a string yields a record of unknown names.
 */
export type ArgsOf<Pattern extends string> = string extends Pattern
  ? Record<string, ArgumentValue | undefined>
  : ArgsIn<Fields<Spaced<Pattern>, never>>

type ArgsIn<Found extends Field> = Show<
  { [Each in Found as Each['isThere'] extends true ? Each['name'] : never]: Each['value'] } & {
    [Each in Found as Each['isThere'] extends true ? never : Each['name']]?: Each['value']
  }
>

/** An argument or option: what it is called in `args`, and whether it is always there. */
interface Field {
  readonly name: string
  readonly value: ArgumentValue
  readonly isThere: boolean
}

/** A pattern on one line. */
type Spaced<Pattern extends string> = Pattern extends `${infer Head}\n${infer Rest}`
  ? Spaced<`${Head} ${Rest}`>
  : Pattern

/** All fields of a pattern, from its beginning to its end, as a union. */
type Fields<Pattern extends string, Found> = Pattern extends ` ${infer Rest}`
  ? Fields<Rest, Found>
  : Pattern extends `<${infer Spec}>${infer Rest}`
    ? Fields<Rest, Found | Argument<Spec, true>>
    : Pattern extends `[${infer Spec}]${infer Rest}`
      ? Fields<Rest, Found | Argument<Spec, Spec extends WithDefault ? true : false>>
      : Pattern extends `${infer Word} ${infer Rest}`
        ? Word extends `--${infer Name}`
          ? Option<Name, Rest, Found>
          : Fields<Rest, Found>
        : Pattern extends `--${infer Name}`
          ? Found | Flag<Name>
          : Found

/** An option, with what stands behind its name. */
type Option<Name extends string, Pattern extends string, Found> = Pattern extends ` ${infer Rest}`
  ? Option<Name, Rest, Found>
  : Pattern extends `<${infer Spec}>${infer Rest}`
    ? Fields<Rest, Found | Valued<Name, Spec>>
    : Fields<Pattern, Found | Flag<Name>>

type WithDefault = `${string}=${string}`

interface Argument<Spec extends string, IsThere extends boolean> {
  readonly name: NameOf<Spec>
  readonly value: ValueOf<Spec>
  readonly isThere: IsThere
}

interface Flag<Name extends string> {
  readonly name: CamelCase<Name>
  readonly value: boolean
  readonly isThere: true
}

interface Valued<Name extends string, Spec extends string> {
  readonly name: CamelCase<Name>
  readonly value: ValueOf<Spec>
  readonly isThere: Spec extends WithDefault ? true : false
}

/** `dry-run` is `dryRun` in `args`. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : Name

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
      : Spec extends keyof ArgumentTypes
        ? ArgumentTypes[Spec]
        : string

/** An unknown type yields never; registering such a pattern throws. */
type ValueOfType<Type extends string> = Type extends keyof ArgumentTypes
  ? ArgumentTypes[Type]
  : Type extends `${string}|${string}`
    ? Choice<Type>
    : never

type Choice<Type extends string> = Type extends `${infer One}|${infer Rest}` ? One | Choice<Rest> : Type

type Show<T> = { [Key in keyof T]: T[Key] } & {}
