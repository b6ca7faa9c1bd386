import { parseDuration } from '../../../../base/duration.ts'
import { folded, narrowed } from './command-word.ts'
import { type ReadContext, readDate, readTime } from './read-time.ts'

export type { ReadContext } from './read-time.ts'

/** The value of a command's argument, once read. */
export type ArgumentValue = string | number | boolean

/** What the types of arguments and options yield. */
export interface ArgumentTypes {
  string: string
  text: string
  int: number
  number: number
  flag: boolean
  user: string
  group: number
  duration: number
  time: number
  date: number
  url: string
}
export type ArgumentTypeName = keyof ArgumentTypes

interface ArgumentType<Value> {
  /** Completes "minutes must be …"; shown in the chat. */
  readonly expects: { readonly en: string; readonly zh: string }
  /** The value of one word, or undefined when it is none of this type. */
  read(word: string, context: ReadContext): Value | undefined
}

const LONGEST_USERNAME = 128
const LONGEST_URL = 2048
const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...['on', 'yes', 'true', '1', '开', '是'].map(word => [word, true] as const),
  ...['off', 'no', 'false', '0', '关', '否'].map(word => [word, false] as const),
])

/** Every type that a pattern may name, and how a word becomes its value. */
export const argumentTypes: { readonly [Name in ArgumentTypeName]: ArgumentType<ArgumentTypes[Name]> } = {
  string: { expects: { en: 'a text', zh: '文字' }, read: word => word },
  text: { expects: { en: 'a text', zh: '文字' }, read: text => text },
  int: {
    expects: { en: 'a whole number', zh: '整数' },
    read: word => (/^[+-]?\d{1,16}$/.test(narrowed(word)) ? within(Number(narrowed(word))) : undefined),
  },
  number: {
    expects: { en: 'a number', zh: '数字' },
    read: word =>
      /^[+-]?(\d{1,16}(\.\d{0,16})?|\.\d{1,16})$/.test(narrowed(word))
        ? within(Number(narrowed(word)))
        : undefined,
  },
  flag: { expects: { en: 'on or off', zh: '开或关' }, read: word => SWITCHES.get(folded(word)) },
  user: {
    expects: { en: 'a username such as @alice', zh: '用户名，例如 @alice' },
    read(word) {
      const name = word.replace(/^[@＠]/, '')
      return name === '' || name.length > LONGEST_USERNAME || /\s/.test(name) ? undefined : name
    },
  },
  group: {
    expects: { en: 'the number of a group such as 10000001', zh: '群号，例如 10000001' },
    read: word => (/^[1-9]\d{4,15}$/.test(narrowed(word)) ? within(Number(narrowed(word))) : undefined),
  },
  duration: {
    expects: { en: 'a duration such as 10m or 2h30m', zh: '时长，例如 10分钟 或 2小时30分' },
    read: word => parseDuration(narrowed(word)),
  },
  time: {
    expects: { en: 'a time such as 14:30 or 2:30pm', zh: '时间，例如 14:30 或 下午3点' },
    read: (word, context) => readTime(folded(word), context),
  },
  date: {
    expects: {
      en: 'a date such as 2026-12-24, tomorrow or friday',
      zh: '日期，例如 2026-12-24、明天 或 周五',
    },
    read: (word, context) => readDate(folded(word), context),
  },
  url: {
    expects: { en: 'an address such as https://example.com', zh: '网址，例如 https://example.com' },
    read(word) {
      if (word.length > LONGEST_URL || !/^https?:\/\/\S+$/i.test(word)) return undefined
      return URL.canParse(word) ? new URL(word).href : undefined
    },
  },
}

export const isArgumentType = (name: string): name is ArgumentTypeName => Object.hasOwn(argumentTypes, name)

/** Their values depend on when the message was sent, and where. */
export const isTimely = (type: string): boolean => type === 'time' || type === 'date'

const within = (value: number) =>
  Math.abs(value) <= Number.MAX_SAFE_INTEGER ? (value === 0 ? 0 : value) : undefined
