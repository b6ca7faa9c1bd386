import type { EndpointId } from '../../src/protocol/index.ts'
import { ofFile } from '../after-file.ts'
import { type Field, nameOf } from './fields.ts'
import type { Sample } from './request.ts'
import type { Make } from './samples/index.ts'
import { type Answer, foundTown, type Sending, type Town } from './town.ts'

export interface Settled {
  readonly town: Town
  readonly sample: Sample
}

/** A sample in a town of its own. */
export async function settled(make: Make): Promise<Settled> {
  const town = await foundTown()
  return { town, sample: await make(town) }
}

const known = ofFile(() => new Map<Make, Promise<Settled>>())
/** As {@link settled}, the same town every time: for calls that are refused. */
export function settledOnce(make: Make): Promise<Settled> {
  const made = known().get(make) ?? settled(make)
  known().set(make, made)
  return made
}

export interface Tryout {
  /** What is varied: its fields are those of every variation. */
  readonly sample: Sample
  attempt(vary: (sample: Sample) => Sample, sending?: (sample: Sample) => Sending): Promise<Answer>
}

const tryouts = ofFile(() => new Map<Make, Promise<Tryout>>())
/** As {@link tryout}, prepared once for all tests of a file. */
export function tryoutOnce(id: EndpointId, make: Make): Promise<Tryout> {
  const made = tryouts().get(make) ?? tryout(id, make)
  tryouts().set(make, made)
  return made
}

/** Calls variations of a sample that change something, each where the sample itself would succeed. */
async function tryout(id: EndpointId, make: Make): Promise<Tryout> {
  const first = await settled(make)
  await first.town.call(id, first.sample)
  // Where doing it twice is no error, one town is enough; but words fill up.
  const isRepeatable = id !== 'sensitivewords.add' && (await first.town.call(id, first.sample)).status < 300
  return {
    sample: first.sample,
    attempt: async (vary, sending) => {
      const { town, sample } = isRepeatable ? first : await settled(make)
      const varied = vary(sample)
      return town.call(id, varied, sending?.(varied))
    },
  }
}

/** What a refusal says; of a batch, what it says of its first item that failed. */
export const errorOf = ({ body }: Answer): { code?: number; message?: string } =>
  (Array.isArray(body) ? body.find(item => item?.error) : body)?.error ?? {}

/** Whether an answer is 899003 and names the field, or a part of it. */
export function blames(answer: Answer, id: EndpointId, field: Field): boolean {
  const { code, message = '' } = errorOf(answer)
  // The items of a batch speak for themselves.
  const isItem = id === 'users.register' && field.at.length > 1
  const names = [nameOf(isItem ? { ...field, at: field.at.slice(1) } : field)]
  // Of what may be an object or a list, the message says both.
  if (id === 'sensitivewords.delete') names.push('body')
  const isNamed = names.some(name => {
    const start = `parameter invalid: ${name}`
    return message.startsWith(start) && /^[ .[]/.test(message.slice(start.length))
  })
  return answer.status === 400 && code === 899003 && isNamed
}
