import type { MessageRecord } from '../protocol/index.ts'
import type { MediaSource } from '../runtime/bot/media/index.ts'
import { Conversation, type Listening } from './conversation.ts'
import type { Phone, Received } from './phone.ts'
import type { Place } from './places.ts'

/** A bot, as people find it: `alice.says('hi', { in: w.bot })`. */
export interface BotChat {
  readonly id: string
  readonly username: string
}

/** Where something is said: a group, a room, a bot, or one of them by its name. */
export type Where = Conversation | BotChat | string

/** What is said that is no text: one of these. Files are paths, bytes or URLs, and are uploaded. */
export type Content =
  | { readonly image: MediaSource }
  | { readonly voice: MediaSource; readonly duration?: number }
  | { readonly file: MediaSource }
  | { readonly custom: Readonly<Record<string, unknown>> }
  | {
      readonly location: { readonly latitude: number; readonly longitude: number; readonly label?: string }
    }

/** What a person needs of its world. */
export interface Life extends Listening {
  /** The place meant; the first group, if none is named. */
  placeOf(where: Where | undefined): Place
  /** Says something as a user, and hands it to the bots. */
  speak(from: string, place: Place, message: object): Promise<MessageRecord>
  bodyOf(content: Content): Promise<object>
  retract(message: MessageRecord): Promise<void>
  phoneOf(username: string): Promise<Phone>
}

/** One of the people of a world. What bots write to it directly is expected of it as of a group: `alice.expect('hi')`. */
export class Person extends Conversation {
  readonly #life: Life

  constructor(username: string, life: Life) {
    super(username, { user: username }, life)
    this.#life = life
  }

  /**
   * Says a text, and resolves once the bots have handled it, or wait for the clock.
   *
   * @param options.in  a group, room or bot, or the name of one; the first group by default
   * @throws ApiError when the server refuses it: the person is muted, not a member, and the like
   */
  says(text: string, options: { readonly in?: Where } = {}): Promise<MessageRecord> {
    return this.#say({ msg_type: 'text', msg_body: { text } }, options.in)
  }

  /** As {@link says}, of a picture, a file, a custom message and the like. */
  async sends(content: Content, options: { readonly in?: Where } = {}): Promise<MessageRecord> {
    return this.#say(await this.#life.bodyOf(content), options.in)
  }

  /** Takes back what the person said, within three minutes; bots are told as the server's callback does. */
  retracts(message: MessageRecord): Promise<void> {
    return this.#life.retract(message)
  }

  /**
   * What the person's phone received: messages and events, oldest first. The phone is switched on by the first call: it
   * gets the messages that were missed (rooms keep none), but no events from before.
   */
  async inbox(): Promise<readonly Received[]> {
    const phone = await this.#life.phoneOf(this.name)
    await this.#life.quiet(false)
    return phone.received()
  }

  protected override get where(): string {
    return `to ${this.name}`
  }

  #say(message: object, where: Where | undefined): Promise<MessageRecord> {
    return this.#life.speak(this.name, this.#life.placeOf(where), message)
  }
}
