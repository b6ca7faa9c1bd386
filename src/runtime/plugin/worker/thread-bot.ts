import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import type { Client } from '../../../client/index.ts'
import { type EndpointId, UPLOAD_BYTES } from '../../../protocol/index.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import { Bot } from '../../bot/bot.ts'
import type { BotContext, Sending } from '../../bot/context.ts'
import { loadMedia, type MediaSource } from '../../bot/media/index.ts'
import type { MediaUploads } from '../../bot/media-uploads.ts'
import type { Outcome } from '../../bot/outbox-entry.ts'
import type { SentCall } from '../../bot/sent-book.ts'
import type { MadeCall } from '../../events/event.ts'
import { Languages } from '../language/languages.ts'
import type { Link } from './link.ts'
import { queryName } from './queries.ts'
import type { ThreadAttempt } from './thread-attempt.ts'
import { threadBroadcasts } from './thread-broadcasts.ts'
import { threadJobs } from './thread-jobs.ts'
import { threadLanguages } from './thread-languages.ts'
import type { ThreadData } from './wire.ts'

/** As in the main thread. */
const DOWNLOAD_MS = 15_000

/** The bot of a thread: what it does is done in the main thread, as part of the attempt there. */
export class ThreadBot extends Bot {
  readonly #context: BotContext
  readonly #store: Store<RuntimeTables>
  readonly #link: Link

  private constructor(context: BotContext, store: Store<RuntimeTables>, link: Link) {
    super(context, store)
    this.#context = context
    this.#store = store
    this.#link = link
  }

  static of(parts: {
    readonly link: Link
    readonly data: ThreadData
    readonly clock: Clock
    readonly makeId: () => string
  }): ThreadBot {
    const { link, data, clock, makeId } = parts
    const store = threadStore(link)
    // Made of the few methods of each that are used by bots.
    const context: BotContext = {
      ...data.bot,
      ...{ clock, makeId },
      outbox: sending(link, undefined),
      journal: { callsFor: event => link.ask('callsFor', [event]) as never },
      client: threadClient(link),
      jobs: threadJobs(link) as BotContext['jobs'],
      media: threadMedia(link, data.baseDir),
      broadcasts: threadBroadcasts(link, store),
      book: {
        last: search => link.ask('lastSent', [search]) as Promise<SentCall[]>,
        isTakenBack: key => link.ask('isTakenBack', [key]),
      },
      languages: new Languages(data.manners, threadLanguages(link)),
    }
    return new ThreadBot(context, store, link)
  }

  override during(attempt: ThreadAttempt): Bot {
    const outbox = sending(this.#link, attempt)
    return new Bot({ ...this.#context, outbox, attempt }, this.#store)
  }
}

/** The outbox, as it is seen from within an attempt. */
const sending = (link: Link, attempt: ThreadAttempt | undefined): Sending => ({
  submit({ key, origin, endpoint, lane, priority, event, args, patient, keep }) {
    const from = event && { id: event.id, createdAt: event.createdAt }
    const call = { key, origin, endpoint, lane, priority, event: from, patient, keep: keep !== undefined }
    return link.ask('submit', [{ ...call, args: JSON.stringify(args) }], attempt) as Promise<Outcome>
  },
  cancel: id => link.ask('cancel', [id]),
  ended: id => link.ask('ended', [id]) as Promise<Outcome>,
  madeFor: event => link.ask('madeFor', [event]) as Promise<MadeCall[]>,
})

/** The client: its methods are those that the main thread has under the same names. */
function threadClient(link: Link): Client {
  const branch = (path: string): unknown =>
    new Proxy(() => {}, {
      get: (_, name) =>
        typeof name === 'string' ? branch(path === '' ? name : `${path}.${name}`) : undefined,
      apply: (_, __, [args]) => link.ask('call', [path as EndpointId, args]),
    })
  return branch('') as Client
}

/** Media are read here, where a path or a stream is one, and uploaded there. */
function threadMedia(link: Link, baseDir: string): MediaUploads {
  const upload =
    (type: 'image' | 'voice' | 'file') =>
    async (source: MediaSource, seconds: number | undefined, signal: AbortSignal | undefined) => {
      const options = { maxBytes: UPLOAD_BYTES, timeoutMs: DOWNLOAD_MS, baseDir, signal }
      const { bytes, name } = await loadMedia(source, options)
      return link.ask('upload', [type, bytes, name, seconds])
    }
  const [image, voice, file] = [upload('image'), upload('voice'), upload('file')]
  const uploads: Pick<MediaUploads, 'image' | 'voice' | 'file'> = {
    image: (source, signal) => image(source, undefined, signal) as never,
    voice: (source, seconds, signal) => voice(source, seconds, signal) as never,
    file: (source, signal) => file(source, undefined, signal) as never,
  }
  return uploads as MediaUploads
}

/** The store: bots read from it by few queries, which both sides know by their names. */
function threadStore(link: Link): Store<RuntimeTables> {
  const read = {
    first: (query: object, params: object) => link.ask('row', [queryName(query), params]),
    all: (query: object, params: object) => link.ask('rows', [queryName(query), params]),
  }
  const refuse = () => {
    throw new AppError('a thread writes nothing by itself', { code: 'plugin.thread' })
  }
  return { read, write: refuse, apply: refuse } as unknown as Store<RuntimeTables>
}
