import type { EndpointId, Endpoints } from '../../../src/protocol/index.ts'
import type { Sample } from '../request.ts'
import { samples } from '../samples/index.ts'
import { type Answer, NOWHERE, type Town } from '../town.ts'

/** Makes a call that has to be refused. */
export type Provoke = (town: Town, id: EndpointId) => Promise<Answer>
/** For every code that an endpoint declares, a way to it: a missing one does not compile. */
export type Refusals<Prefix extends string> = {
  readonly [Id in Extract<EndpointId, `${Prefix}.${string}`>]: {
    readonly [Code in Endpoints[Id]['errors'][number]]: Provoke
  }
}

/** Calls with the endpoint's sample, but for some parts of it. */
export const withParts =
  (parts: Sample | ((town: Town) => Sample | Promise<Sample>)): Provoke =>
  async (town, id) => {
    const sample = await samples[id](town)
    const changes = typeof parts === 'function' ? await parts(town) : parts
    return town.call(id, { ...sample, ...changes, params: { ...sample.params, ...changes.params } })
  }

/** The sample once more, after it was done. */
export const again: Provoke = async (town, id) => {
  const sample = await samples[id](town)
  await town.must(id, sample)
  return town.call(id, sample)
}

export const nobody = withParts({ params: { username: NOWHERE.username } })
export const noGroup = withParts({ params: { gid: NOWHERE.gid } })
export const noRoom = withParts({ params: { roomId: NOWHERE.roomId } })
export const oddName = withParts({ params: { username: 'x!' } })
export const oddGid = withParts({ params: { gid: 'group' } })
export const oddRoom = withParts({ params: { roomId: 'room' } })
export const withBody = (body: unknown): Provoke => withParts({ body })
export const withQuery = (query: Sample['query'] & {}): Provoke => withParts({ query })
/** A body that is no list and no object. */
export const noBody = withBody('text')
export const noPage = withQuery({ start: -1, count: 10 })
