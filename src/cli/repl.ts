import { createInterface, type Interface } from 'node:readline'
import { type Received, type SandboxPlace, SandboxUser } from '../app/sandbox-user.ts'
import { sleep, systemClock } from '../base/clock.ts'
import { parseDuration } from '../base/duration.ts'
import { AppError, asError } from '../base/errors.ts'
import { tellError } from './error-report.ts'
import { loadConfigured } from './load-configured.ts'
import { usage } from './options.ts'
import { plain } from './text.ts'

export interface ReplOptions {
  readonly config: string
  readonly as: string
  readonly app?: string
  readonly group?: string
  readonly room?: string
  readonly to?: string
  readonly json?: boolean
}

/** Where nobody types, the next line is said, and all ends, once nothing has come for so long. */
const SILENCE_MS = { line: 400, end: 1500 }
const TOWN_SQUARE = '10000001'
const HELP = `Type what is to be said. Besides:
  :as <username>               be somebody else
  :in group <gid>              speak in a group
  :in room <id>                speak in a chat room
  :in user <username>          speak to somebody directly
  :clock <time>                move the clock of the server ahead, such as :clock 3m
  :quit                        end`

/** `beadle repl`: talks to the bots as a user of the sandbox, and shows what that user receives. */
export async function repl(options: ReplOptions): Promise<void> {
  const config = await loadConfigured(options.config)
  const user = SandboxUser.of(config, { username: options.as, app: options.app })
  await new Repl(user, placeOf(options), options.json ?? false).run()
}

function placeOf({ group, room, to }: ReplOptions): SandboxPlace {
  const given = [group, room, to].filter(one => one !== undefined)
  if (given.length > 1) throw usage('--group, --room and --to: only one of them')
  if (to !== undefined) return { type: 'single', id: to }
  if (room !== undefined) return { type: 'chatroom', id: room }
  return { type: 'group', id: group ?? TOWN_SQUARE }
}

class Repl {
  #user: SandboxUser
  #place: SandboxPlace
  readonly #json: boolean
  #lines: Interface | undefined
  readonly #isTerminal = process.stdin.isTTY === true
  #stream = new AbortController()
  #heardAt = systemClock.now()
  #failure: Error | undefined

  constructor(user: SandboxUser, place: SandboxPlace, json: boolean) {
    this.#user = user
    this.#place = place
    this.#json = json
  }

  async run(): Promise<void> {
    await this.#listen()
    // Not before: lines that come while nobody asks for them are lost.
    const lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: this.#isTerminal,
    })
    this.#lines = lines
    if (this.#isTerminal)
      process.stdout.write(`${this.#user.username} ${where(this.#place)}. :help shows what there is.\n`)
    this.#prompt()
    for await (const line of lines) {
      if (this.#failure) break
      const isOver = await this.#take(line.trim()).catch(error => this.#complain(error))
      if (isOver === 'over') break
      if (!this.#isTerminal) await this.#silence(SILENCE_MS.line)
      this.#prompt()
    }
    lines.close()
    if (!this.#isTerminal) await this.#silence(SILENCE_MS.end)
    this.#stream.abort()
    if (this.#failure) throw this.#failure
  }

  async #take(line: string): Promise<'over' | undefined> {
    if (line === '') return undefined
    if (!this.#isTerminal && !this.#json) process.stdout.write(`${this.#user.username}> ${line}\n`)
    if (!line.startsWith(':')) {
      await this.#user.say(this.#place, line)
      return undefined
    }
    const [command, ...words] = line.slice(1).split(/\s+/)
    switch (command) {
      case 'quit':
      case 'q':
        return 'over'
      case 'as':
        return this.#become(words[0])
      case 'in':
        this.#move(words)
        return undefined
      case 'clock':
        return this.#advance(words[0])
      default:
        process.stdout.write(`${HELP}\n`)
        return undefined
    }
  }

  async #become(username: string | undefined): Promise<undefined> {
    if (!username) throw usage(':as needs a username')
    this.#stream.abort()
    this.#user = this.#user.as(username)
    await this.#listen()
  }

  #move([kind, id]: readonly string[]): void {
    const type =
      kind === 'group' ? 'group' : kind === 'room' ? 'chatroom' : kind === 'user' ? 'single' : undefined
    if (!type || !id) throw usage(':in group <gid>, :in room <id> or :in user <username>')
    this.#place = { type, id }
  }

  async #advance(text = ''): Promise<undefined> {
    const ms = parseDuration(text)
    if (ms === undefined) throw usage(':clock needs a length of time such as 3m')
    const now = await this.#user.advance(ms)
    process.stdout.write(`The server's clock shows ${new Date(now).toISOString()}.\n`)
  }

  /** Resolves once the user is logged in, so that nothing that is answered from now on is missed. */
  async #listen(): Promise<void> {
    const stream = new AbortController()
    const received = await this.#user.receive(stream.signal)
    this.#stream = stream
    const show = async () => {
      for await (const one of received) this.#show(one)
      if (!stream.signal.aborted)
        throw new AppError('the server has ended the stream', { code: 'sandbox.away' })
    }
    show().catch(thrown => {
      if (stream.signal.aborted) return
      this.#failure = asError(thrown)
      this.#lines?.close()
    })
  }

  #show(received: Received): void {
    if (
      received.kind === 'message' &&
      (received.message.offline || received.message.from_id === this.#user.username)
    )
      return
    this.#heardAt = systemClock.now()
    const line = this.#json ? JSON.stringify(received) : lineOf(received, this.#place)
    if (line === undefined) return
    // What is being typed stays, below.
    if (this.#isTerminal) process.stdout.write('\r\u001b[K')
    process.stdout.write(`${line}\n`)
    if (this.#isTerminal) this.#lines?.prompt(true)
  }

  #prompt(): void {
    if (!this.#isTerminal) return
    this.#lines?.setPrompt(`${this.#user.username}> `)
    this.#lines?.prompt()
  }

  #complain(error: unknown): undefined {
    this.#heardAt = systemClock.now()
    if (!this.#isTerminal) process.exitCode = 1
    tellError(error, this.#json)
  }

  /** Resolves when nothing more has come for a while. */
  async #silence(ms: number): Promise<void> {
    this.#heardAt = systemClock.now()
    for (;;) {
      const left = this.#heardAt + ms - systemClock.now()
      if (left <= 0 || this.#failure) return
      await sleep(systemClock, left)
    }
  }
}

const where = ({ type, id }: SandboxPlace): string =>
  type === 'group' ? `in group ${id}` : type === 'chatroom' ? `in chat room ${id}` : `to ${id}`

/** What a person is shown of it; nothing of what is of no interest in a chat. */
function lineOf(received: Received, place: SandboxPlace): string | undefined {
  if (received.kind === 'event') {
    const about = HAPPENED[received.event.event_type]
    return about && `(${about})`
  }
  const { from_id, target_type, target_id, msg_type, msg_body } = received.message
  const isHere =
    target_type === place.type && (target_type === 'single' ? from_id === place.id : target_id === place.id)
  const from = isHere
    ? from_id
    : `[${target_type === 'single' ? 'direct' : `${target_type} ${target_id}`}] ${from_id}`
  return `${plain(from)}: ${msg_type === 'text' ? eachLine(String(msg_body.text)) : plain(`${msg_type} ${JSON.stringify(msg_body)}`, 300)}`
}

/** A text as it is, but for what would steer the terminal. */
const eachLine = (text: string): string =>
  text
    .split('\n')
    .map(line => plain(line, 4096))
    .join('\n')

/** By JMessage's numbers. */
const HAPPENED: Readonly<Record<number, string>> = {
  55: 'a message was taken back',
  65: 'a mute began or ended',
}
