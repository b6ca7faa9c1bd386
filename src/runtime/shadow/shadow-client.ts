import type { LooseArgs } from '../../client/encode.ts'
import type { Client } from '../../client/index.ts'
import { type Endpoint, type EndpointId, endpoints } from '../../protocol/index.ts'
import { isRead, type MadeUp } from './made-up.ts'

/** A client for a bot in the shadow: reads are made, the answer to anything else is made up. Closing it does nothing. */
export function shadowClient(client: Client, madeUp: MadeUp): Client {
  const methods: Record<string, unknown> = {
    call: async (id: EndpointId, args: LooseArgs = {}, options?: { checked?: boolean }) =>
      isRead(endpoints[id]) ? client.call(id, args as never, options) : madeUp.answer(id, args),
    close: async () => {},
  }
  for (const endpoint of Object.values(endpoints) as Endpoint[]) {
    const path = endpoint.id.split('.')
    const name = path.pop()!
    let branch = methods
    let real = client as unknown as Record<string, unknown>
    for (const part of path) {
      branch[part] ??= {}
      branch = branch[part] as Record<string, unknown>
      real = real[part] as Record<string, unknown>
    }
    const answer = async (args: LooseArgs = {}) => madeUp.answer(endpoint.id as EndpointId, args)
    branch[name] = isRead(endpoint) ? real[name] : Object.assign(answer, { many: answer })
  }
  return methods as unknown as Client
}
