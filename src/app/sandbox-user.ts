import { EventSourceParserStream } from 'eventsource-parser/stream'
import { AppError } from '../base/errors.ts'
import type { MessageRecord, TargetType } from '../protocol/index.ts'
import { clientOptions } from './client-options.ts'
import { appNamed, type LoadedConfig } from './config/index.ts'

/** Where a user says something. */
export interface SandboxPlace {
  readonly type: TargetType
  /** Gid, room id or username. */
  readonly id: string
}

/** What a user receives: a message as the history shows it, or something that happened. */
export type Received =
  | { readonly kind: 'message'; readonly message: MessageRecord & { readonly offline?: boolean } }
  | {
      readonly kind: 'event'
      readonly event: Readonly<Record<string, unknown>> & { readonly event_type: number }
    }

/** So long it is waited for an answer. */
const ANSWER_MS = 10_000

/** An ordinary user of the embedded server, by way of its sandbox: speaks, and hears as a phone would. */
export class SandboxUser {
  readonly #base: string
  readonly #appKey: string
  readonly username: string

  private constructor(base: string, appKey: string, username: string) {
    this.#base = base
    this.#appKey = appKey
    this.username = username
  }

  /**
   * @param who.app  name of the app. Default: the main one
   * @throws AppError `sandbox.none` when the app is not of the embedded server
   */
  static of(
    { main }: LoadedConfig,
    who: { readonly username: string; readonly app?: string | undefined },
  ): SandboxUser {
    const app = appNamed(main, who.app)
    if (app.endpoint !== undefined) {
      throw new AppError(`the app ${app.name} is not of the embedded server: nobody speaks for its users`, {
        code: 'sandbox.none',
        hint: 'Leave jmessage.endpoint empty, and set server.sandbox to true.',
      })
    }
    return new SandboxUser(clientOptions(main, app).endpoint, app.appKey, who.username)
  }

  /** The same app, somebody else. */
  as(username: string): SandboxUser {
    return new SandboxUser(this.#base, this.#appKey, username)
  }

  /** @throws AppError `sandbox.refused` as the server says it: muted, not a member, and the like */
  async say({ type, id }: SandboxPlace, text: string): Promise<void> {
    const message = { from_id: this.username, target_type: type, target_id: id, text }
    await this.#call('POST', `apps/${this.#appKey}/messages`, message)
  }

  /** Moves the clock of the server ahead; resolves with the new time. */
  async advance(ms: number): Promise<number> {
    return ((await this.#call('POST', 'clock', { advance_ms: ms })) as { now: number }).now
  }

  /**
   * Logs the user in; resolves with what is received, first what was missed, until the signal is aborted. Ends early when
   * the server ends it.
   */
  async receive(signal: AbortSignal): Promise<AsyncIterable<Received>> {
    const path = `apps/${this.#appKey}/users/${encodeURIComponent(this.username)}/inbox`
    const response = await this.#ask(path, { signal })
    if (!response.ok || !response.body) throw await refusal(response)
    return receivedIn(response.body, signal)
  }

  async #call(method: string, path: string, body: object): Promise<unknown> {
    const init = { method, body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS) }
    const response = await this.#ask(path, init)
    if (!response.ok) throw await refusal(response)
    return response.json()
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#base}/sandbox/${path}`, init)
    } catch (cause) {
      if (init.signal?.aborted && init.method === undefined) throw cause
      throw new AppError(`the embedded server at ${this.#base} does not answer`, {
        code: 'sandbox.away',
        hint: 'Start it in another terminal: beadle start, or beadle dev.',
        cause,
      })
    }
  }
}

async function refusal(response: Response): Promise<AppError> {
  const answer = (await response.json().catch(() => ({}))) as { error?: { code?: number; message?: string } }
  const { code = response.status, message = 'no reason given' } = answer.error ?? {}
  const isClosed = response.status === 404 && answer.error?.code === undefined
  return new AppError(isClosed ? 'the server has no sandbox' : `refused: ${message} (${code})`, {
    code: 'sandbox.refused',
    ...(isClosed ? { hint: 'Set server.sandbox to true in config.yaml, and start again.' } : {}),
  })
}

async function* receivedIn(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Received> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  try {
    for await (const { event, data } of events) {
      if (event === 'message') yield { kind: 'message', message: JSON.parse(data) }
      else if (event === 'event') yield { kind: 'event', event: JSON.parse(data) }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
