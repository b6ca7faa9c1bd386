import { AppError } from '../base/errors.ts'
import type { MessageRecord } from '../protocol/index.ts'
import type { LogLine } from './captured-log.ts'
import { type Expected, isExpected, shown, shownExpected, textOf } from './expected.ts'
import type { Place } from './places.ts'

/** What a conversation needs of its world. */
export interface Listening {
  /** What bots said at a place, oldest first, without what was retracted. */
  heard(place: Place): Promise<MessageRecord[]>
  /** Resolves once everything was handled and sent, or waits for the clock; `patient` gives slow machines more time. */
  quiet(patient: boolean): Promise<boolean>
  readonly log: readonly LogLine[]
}

/** An error shows so many messages, and so many lines of the log. */
const MOST_MESSAGES = 20
const MOST_LINES = 5

/** Where people and bots talk: a group, a chat room, or one person's direct chats with bots. */
export class Conversation {
  /** Of the group, the room or the person. */
  readonly name: string
  readonly place: Place
  readonly #listening: Listening
  /** What bots said here up to this message was expected, or passed over. */
  #seen = 0
  #linesSeen = 0

  constructor(name: string, place: Place, listening: Listening) {
    this.name = name
    this.place = place
    this.#listening = listening
  }

  /**
   * Waits until the world is quiet, and looks for a message among what bots said here since the last one that was
   * expected. What they said before it is passed over.
   *
   * @returns the message, as the server keeps it
   * @throws AppError `world.expected` that shows what was said instead, and what went wrong
   */
  async expect(expected: Expected): Promise<MessageRecord> {
    for (const patient of [false, true]) {
      const isQuiet = await this.#listening.quiet(patient)
      const found = (await this.#unseen()).find(message => isExpected(expected, message))
      if (found) {
        this.#see(found)
        return found
      }
      if (isQuiet) break
    }
    throw this.#unmet(`no bot said ${shownExpected(expected)} ${this.where}`, await this.#unseen())
  }

  /**
   * Waits until the world is quiet, and sees to it that bots said nothing here since the last message that was expected.
   *
   * @throws AppError `world.expected` that shows what was said
   */
  async expectNothing(): Promise<void> {
    await this.#listening.quiet(false)
    const unseen = await this.#unseen()
    if (unseen.length > 0) throw this.#unmet(`bots were to say nothing ${this.where}`, unseen)
  }

  /** The texts that bots said here, oldest first, without what was retracted. */
  async said(): Promise<string[]> {
    await this.#listening.quiet(false)
    const heard = await this.#listening.heard(this.place)
    return heard.flatMap(message => textOf(message) ?? [])
  }

  /** How it is called in errors. */
  protected get where(): string {
    return `in ${this.name}`
  }

  async #unseen(): Promise<MessageRecord[]> {
    const heard = await this.#listening.heard(this.place)
    return heard.filter(({ msgid }) => msgid > this.#seen)
  }

  #see({ msgid }: MessageRecord): void {
    this.#seen = msgid
    this.#linesSeen = this.#listening.log.length
  }

  #unmet(what: string, unseen: readonly MessageRecord[]): AppError {
    const said = unseen.slice(0, MOST_MESSAGES).map(message => `  ${message.from_id}: ${shown(message)}`)
    const more = unseen.length - said.length
    const lines = this.#listening.log
      .slice(this.#linesSeen)
      .filter(({ level }) => level === 'error' || level === 'warn')
      .map(({ level, message, fields }) => `  ${level}: ${message}${reasonOf(fields)}`)
      .slice(-MOST_LINES)
    return new AppError(
      [
        said.length > 0 ? `${what}; since the last expectation they said:` : `${what}, and nothing else`,
        ...said,
        ...(more > 0 ? [`  … and ${more} more`] : []),
        ...(lines.length > 0 ? ['The log says:', ...lines] : []),
      ].join('\n'),
      { code: 'world.expected' },
    )
  }
}

const reasonOf = ({ err, reason }: Readonly<Record<string, unknown>>): string => {
  if (err instanceof Error) return `: ${err.message}`
  return typeof reason === 'string' ? `: ${reason}` : ''
}
