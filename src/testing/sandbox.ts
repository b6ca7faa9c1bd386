import { apiError } from '../client/index.ts'
import type { ImServer } from '../server/index.ts'
import type { FaultPlans } from './fault-switches.ts'

/** The sandbox of a world's server: what stands in for the phones of its people. */
export class Sandbox {
  readonly #server: Pick<ImServer, 'fetch'>
  readonly #appKey: string

  constructor(server: Pick<ImServer, 'fetch'>, appKey: string) {
    this.#server = server
    this.#appKey = appKey
  }

  /** Sends a message as an ordinary user. @throws ApiError when the server refuses it */
  send(message: object): Promise<unknown> {
    return this.#call('POST', `apps/${this.#appKey}/messages`, message)
  }

  /** Opens the stream of what a user receives. */
  async open(username: string): Promise<ReadableStream<Uint8Array>> {
    const path = `apps/${this.#appKey}/users/${encodeURIComponent(username)}/inbox`
    return (await this.#fetch('GET', path)).body!
  }

  /** By which calls fail. */
  readonly faults: FaultPlans = {
    now: async () => (await this.#fetch('GET', 'faults')).json() as ReturnType<FaultPlans['now']>,
    put: plan => this.#call('PUT', 'faults', plan),
  }

  async #call(method: 'POST' | 'PUT', path: string, body: object): Promise<unknown> {
    return (await this.#fetch(method, path, JSON.stringify(body))).json()
  }

  async #fetch(method: string, path: string, body?: string): Promise<Response> {
    const init = body === undefined ? { method } : { method, body }
    const response = await this.#server.fetch(new Request(`http://world/sandbox/${path}`, init))
    if (response.ok) return response
    const { error } = (await response.json()) as { error?: { code: number; message: string } }
    const { code = 0, message: reason = `HTTP ${response.status}` } = error ?? {}
    const refusal = { endpoint: 'sandbox', status: response.status, jmCode: code, message: reason }
    throw apiError(refusal, name => response.headers.get(name) ?? undefined)
  }
}
