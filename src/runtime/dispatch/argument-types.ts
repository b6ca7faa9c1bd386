import { parseDuration } from '../../base/duration.ts'

/** The value of a command's argument, once read. */
export type ArgumentValue = string | number | boolean

interface ArgumentType {
  /** Completes "minutes must be …"; shown in the chat. */
  readonly expects: string
  /** The value of one word, or undefined when it is none of this type. */
  read(word: string): ArgumentValue | undefined
}

const LONGEST_USERNAME = 128
const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...['on', 'yes', 'true', '1'].map(word => [word, true] as const),
  ...['off', 'no', 'false', '0'].map(word => [word, false] as const),
])

/** Chinese keyboards type digits and letters in full width; both are the same to us. */
const narrow = (word: string) => word.normalize('NFKC')

/** Every type that a pattern may name, and how a word becomes its value. */
export const argumentTypes = {
  string: { expects: 'a text', read: word => word },
  text: { expects: 'a text', read: text => text },
  int: {
    expects: 'a whole number',
    read: word => (/^[+-]?\d{1,16}$/.test(narrow(word)) ? within(Number(narrow(word))) : undefined),
  },
  number: {
    expects: 'a number',
    read: word =>
      /^[+-]?(\d{1,16}(\.\d{0,16})?|\.\d{1,16})$/.test(narrow(word))
        ? within(Number(narrow(word)))
        : undefined,
  },
  flag: { expects: 'on or off', read: word => SWITCHES.get(narrow(word).toLowerCase()) },
  user: {
    expects: 'a username such as @alice',
    read(word) {
      const name = word.replace(/^[@＠]/, '')
      return name === '' || name.length > LONGEST_USERNAME || /\s/.test(name) ? undefined : name
    },
  },
  duration: { expects: 'a duration such as 10m or 2h30m', read: word => parseDuration(narrow(word)) },
} as const satisfies Record<string, ArgumentType>

export type ArgumentTypeName = keyof typeof argumentTypes

export const isArgumentType = (name: string): name is ArgumentTypeName => Object.hasOwn(argumentTypes, name)

const within = (value: number) =>
  Math.abs(value) <= Number.MAX_SAFE_INTEGER ? (value === 0 ? 0 : value) : undefined
