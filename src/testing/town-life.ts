import { AppError } from '../base/errors.ts'
import type { Client } from '../client/index.ts'
import type { ImEventName, ImEventRecord, MessageRecord, SendReceipt } from '../protocol/index.ts'
import { MediaUploads } from '../runtime/bot/media-uploads.ts'
import type { BotSpec } from '../runtime/options.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import { Conversation } from './conversation.ts'
import { type BotChat, type Content, type Life, Person, type Where } from './person.ts'
import { Phone } from './phone.ts'
import { addressOf, type Place, type Towns } from './places.ts'
import type { Turn } from './quiet.ts'
import type { Sandbox } from './sandbox.ts'

export interface TownLifeMeans
  extends Towns,
    Pick<Life, 'log' | 'quiet'>,
    Readonly<Record<'appKey' | 'baseDir', string>> {
  readonly client: Client
  readonly store: Store<RuntimeTables>
  readonly sandbox: Sandbox
  readonly turn: Turn
  readonly users: readonly string[]
  /** The bots as they are now. */
  readonly bots: () => readonly BotSpec[]
  /** Hands a message to the bots. */
  readonly hear: (message: MessageRecord) => Promise<void>
  /** Hands an event to the bots. */
  readonly happens: (name: ImEventName, data: Partial<ImEventRecord>) => Promise<void>
  readonly history: (place: Place) => Promise<MessageRecord[]>
}

/** The people of a world, and where they meet. */
export class TownLife implements Life {
  readonly #means: TownLifeMeans
  readonly #phones = new Map<string, Promise<Phone>>()
  readonly people: Readonly<Record<string, Person>>
  readonly groups: readonly Conversation[]
  readonly rooms: readonly Conversation[]

  constructor(means: TownLifeMeans) {
    this.#means = means
    this.people = Object.fromEntries(means.users.map(name => [name, new Person(name, this)]))
    this.groups = Object.keys(means.groups).map(name => new Conversation(name, { group: name }, this))
    this.rooms = Object.keys(means.rooms).map(name => new Conversation(name, { room: name }, this))
  }

  get log() {
    return this.#means.log
  }

  get bots(): readonly BotChat[] {
    return this.#means.bots()
  }

  person(name: string): Person {
    return this.people[name] ?? missing('person', name, Object.keys(this.people))
  }

  place(name: string): Conversation {
    const places = [...this.groups, ...this.rooms]
    const known = places.map(place => place.name)
    return places.find(place => place.name === name) ?? missing('group or room', name, known)
  }

  bot(name: string): BotChat {
    const known = this.bots.map(({ id }) => id)
    const found = this.bots.find(({ id, username }) => id === name || username === name)
    return found ?? missing('bot', name, known)
  }

  placeOf(where: Where | undefined): Place {
    if (where === undefined) return this.first('group').place
    if (where instanceof Conversation) return where.place
    if (typeof where !== 'string') return { user: where.username }
    const place = [...this.groups, ...this.rooms].find(({ name }) => name === where)
    if (place) return place.place
    const bot = this.bots.find(({ id, username }) => id === where || username === where)
    if (bot) return { user: bot.username }
    if (where in this.people) return { user: where }
    const known = [...this.groups, ...this.rooms].map(({ name }) => name)
    return missing('place', where, [...known, ...this.bots.map(({ id }) => id)])
  }

  first(kind: 'group' | 'room'): Conversation {
    return (kind === 'group' ? this.groups : this.rooms)[0] ?? missing(kind, undefined, [])
  }

  async speak(from: string, place: Place, message: object): Promise<MessageRecord> {
    const record = await this.write(from, place, message)
    await this.#means.hear(record)
    return record
  }

  /** Has a user say something that the bots do not hear yet. */
  async write(from: string, place: Place, message: object): Promise<MessageRecord> {
    const { sandbox, history } = this.#means
    const sent = { from_id: from, ...addressOf(place, this.#means), ...message }
    const { msg_id } = (await sandbox.send(sent)) as SendReceipt
    return (await history(place)).find(({ msgid }) => msgid === msg_id)!
  }

  async bodyOf(content: Content): Promise<object> {
    const { client, store, appKey, baseDir } = this.#means
    const media = new MediaUploads({ client, store, appKey, baseDir, forgets: true })
    if ('image' in content) return { msg_type: 'image', msg_body: await media.image(content.image) }
    if ('file' in content) return { msg_type: 'file', msg_body: await media.file(content.file) }
    if ('custom' in content) return { msg_type: 'custom', msg_body: content.custom }
    if ('voice' in content) {
      const { voice, duration } = content
      return { msg_type: 'voice', msg_body: await media.voice(voice, duration) }
    }
    const { latitude, longitude, label = '' } = content.location
    return { msg_type: 'location', msg_body: { latitude, longitude, scale: 1, label } }
  }

  async heard(place: Place): Promise<MessageRecord[]> {
    const bots = new Set(this.bots.map(({ username }) => username))
    const said = await this.#means.history(place)
    return said.filter(
      ({ from_id, target_id }) => bots.has(from_id) && (!('user' in place) || target_id === place.user),
    )
  }

  quiet(patient: boolean): Promise<boolean> {
    return this.#means.quiet(patient)
  }

  async retract({ from_id, msgid, target_type, target_id }: MessageRecord): Promise<void> {
    const { client, happens } = this.#means
    await client.messages.retract({ username: from_id, msgid })
    const group = target_type === 'group' ? { gid: Number(target_id) } : {}
    await happens('message.retracted', { from_username: from_id, msgids: [msgid], ...group })
  }

  phoneOf(username: string): Promise<Phone> {
    const { sandbox, turn } = this.#means
    let phone = this.#phones.get(username)
    if (!phone) {
      phone = sandbox.open(username).then(stream => new Phone(stream, turn))
      this.#phones.set(username, phone)
    }
    return phone
  }
}

function missing(what: string, name: string | undefined, known: readonly string[]): never {
  throw new AppError(
    name === undefined ? `there is no ${what} in this world` : `there is no ${what} '${name}' in this world`,
    { code: 'world.place', hint: `There are ${known.join(', ') || 'none'}.` },
  )
}
