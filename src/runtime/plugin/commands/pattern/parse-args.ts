import { closest } from '../../../../base/closest.ts'
import type { ArgsOf } from './args-of.ts'
import type { ArgumentValue, ReadContext } from './argument-types.ts'
import type { Argument, CommandPattern, Option, Reading } from './command-pattern.ts'
import { folded } from './command-word.ts'
import { readValue } from './read-value.ts'
import { type Word, wordsOf } from './words.ts'

/** What is wrong with the call of a command. `got` is as it was written, and may be long. */
export type Mistake =
  | { readonly kind: 'missing' | 'noValue' | 'twice'; readonly name: string }
  | { readonly kind: 'wrong'; readonly name: string; readonly reading: Reading; readonly got: string }
  | { readonly kind: 'extra'; readonly got: string; readonly word: string }
  | { readonly kind: 'unknownOption'; readonly got: string; readonly guess: string | undefined }

/** What {@link parseArgs} made of an input. */
export type ParsedArgs<Pattern extends string = string> =
  | { readonly ok: true; readonly args: ArgsOf<Pattern> }
  | { readonly ok: false; readonly mistake: Mistake }

/**
 * Reads what follows a command's name in a message. Never throws, whatever the input, and takes time that grows with
 * its length.
 *
 * Words are divided by white space; "two words" or “two words” is one argument. Text arguments take the rest of
 * the message as it stands, quotes and line breaks included. Options stand anywhere among the words; `--` ends them. An
 * optional argument or option that is absent and has no default is absent from `args` too.
 */
export function parseArgs<Pattern extends string>(
  pattern: CommandPattern<Pattern>,
  input: string,
  context: ReadContext,
): ParsedArgs<Pattern> {
  const reader = new Reader(pattern, input, context)
  const mistake = reader.read()
  // The names and types of `args` are those that ArgsOf reads from the same pattern.
  return mistake ? { ok: false, mistake } : { ok: true, args: reader.args as ArgsOf<Pattern> }
}

class Reader {
  readonly args: Record<string, ArgumentValue> = {}
  readonly #pattern: CommandPattern
  readonly #input: string
  readonly #context: ReadContext
  readonly #words: readonly Word[]
  /** Words that are no options, in stretches that nothing interrupts. */
  readonly #stretches: Word[][] = [[]]
  #count = 0
  #at = 0

  constructor(pattern: CommandPattern, input: string, context: ReadContext) {
    this.#pattern = pattern
    this.#input = input
    this.#context = context
    const { args, options } = pattern
    // One more shows that there are too many.
    this.#words = options.length === 0 ? wordsOf(input, args.length + 1) : wordsOf(input)
  }

  read(): Mistake | undefined {
    return this.#sort() ?? this.#readArguments() ?? this.#fillIn()
  }

  /** Reads the options, and sets the other words apart. */
  #sort(): Mistake | undefined {
    const { options } = this.#pattern
    let isOver = options.length === 0
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++]!
      if (!isOver && isEnd(word)) {
        isOver = true
        this.#stretches.push([])
        continue
      }
      const option = isOver ? undefined : this.#optionOf(word)
      const mistake = option ? this.#readOption(option, word) : isOver ? undefined : this.#unknown(word)
      if (mistake) return mistake
      if (option) this.#stretches.push([])
      else {
        this.#stretches.at(-1)!.push(word)
        this.#count++
      }
    }
    return undefined
  }

  #optionOf({ dashed }: Word): Option | undefined {
    if (!dashed) return undefined
    const name = folded(dashed.name)
    return this.#pattern.options.find(({ names, short }) =>
      dashed.isShort
        ? short !== undefined && folded(short) === name
        : names.some(known => folded(known) === name),
    )
  }

  /** A word that looks like an option and is none. In a text that is one only if it is close to one. */
  #unknown({ dashed, text }: Word): Mistake | undefined {
    if (!dashed || dashed.isShort) return undefined
    const guess = this.#guess(dashed.name)
    const { args } = this.#pattern
    const isText = args.at(-1)?.type === 'text' && this.#count >= args.length - 1
    if (guess === undefined && isText) return undefined
    return { kind: 'unknownOption', got: text, guess }
  }

  #guess(name: string): string | undefined {
    return closest(
      folded(name),
      this.#pattern.options.flatMap(({ names }) => names.map(folded)),
    )
  }

  #readOption({ key, names: [name], value }: Option, word: Word): Mistake | undefined {
    const label = `--${name}`
    if (Object.hasOwn(this.args, key)) return { kind: 'twice', name: label }
    const { value: given } = word.dashed!
    if (!value && !given) {
      this.args[key] = true
      return undefined
    }
    const got = value?.type === 'text' ? this.#textOf(word) : (given?.text ?? this.#next()?.text)
    if (got === undefined || got === '') return { kind: 'noValue', name: label }
    return this.#take(key, label, value ?? { type: 'flag' }, got)
  }

  /** The word behind an option, unless that is one, too. */
  #next(): Word | undefined {
    const word = this.#words[this.#at]
    if (!word || isEnd(word) || this.#optionOf(word)) return undefined
    this.#at++
    return word
  }

  /** All words behind an option, up to the next. */
  #textOf({ dashed }: Word): string | undefined {
    const { value } = dashed!
    if (value?.isQuoted) return value.text
    const first = this.#words[this.#at]
    let last: Word | undefined
    for (let word = this.#next(); word; word = this.#next()) last = word
    if (!value && last === first && last?.isQuoted) return last.text
    const start = value?.start ?? first?.start
    const end = last?.end ?? (value && value.start + value.text.length)
    return start === undefined || end === undefined ? undefined : this.#input.slice(start, end)
  }

  #readArguments(): Mistake | undefined {
    const words = this.#stretches.flat()
    const { args } = this.#pattern
    for (const [index, arg] of args.entries()) {
      const word = words[index]
      if (!word) {
        if (arg.required) return { kind: 'missing', name: arg.name }
        continue
      }
      const got = arg.type === 'text' ? this.#from(index) : word.text
      const mistake = this.#take(arg.name, arg.name, arg, got)
      if (mistake) return mistake
      if (arg.type === 'text') return undefined
    }
    const extra = words[args.length]
    return extra ? { kind: 'extra', got: this.#from(args.length), word: extra.text } : undefined
  }

  /** The message as it stands from a word on, without options. */
  #from(index: number): string {
    if (this.#pattern.options.length === 0) return this.#input.slice(this.#words[index]!.start).trimEnd()
    let left = index
    const parts: string[] = []
    for (const stretch of this.#stretches) {
      const rest = stretch.slice(left)
      left = Math.max(0, left - stretch.length)
      const [first] = rest
      if (first) parts.push(this.#input.slice(first.start, rest.at(-1)!.end))
    }
    return parts.join(' ')
  }

  #take(key: string, name: string, reading: Reading, got: string): Mistake | undefined {
    const value = readValue(reading, got, this.#context)
    if (value === undefined) return { kind: 'wrong', name, reading, got }
    this.args[key] = value
    return undefined
  }

  #fillIn(): undefined {
    const { args, options } = this.#pattern
    for (const arg of args) this.#default(arg.name, arg)
    for (const { key, value } of options) {
      if (value) this.#default(key, value)
      else if (!Object.hasOwn(this.args, key)) this.args[key] = false
    }
    return undefined
  }

  #default(key: string, reading: Argument | Reading): void {
    const { default: fallback } = reading
    if (!fallback || Object.hasOwn(this.args, key)) return
    const value = fallback.value ?? readValue(reading, fallback.text, this.#context)
    if (value !== undefined) this.args[key] = value
  }
}

/** `--` by itself. */
const isEnd = ({ text, isQuoted }: Word): boolean => !isQuoted && (text === '--' || text === '－－')
