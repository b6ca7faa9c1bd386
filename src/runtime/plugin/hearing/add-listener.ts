import { AppError } from '../../../base/errors.ts'
import { compileFilter, type FilterOwner } from './compile-filter.ts'
import type { Listeners } from './listeners.ts'
import {
  type ImEventListener,
  isEventName,
  isMessageName,
  type ListenerName,
  listenerNames,
  type MessageListener,
} from './listening.ts'
import { type MessageFilter, readFilter } from './message-filter.ts'

/**
 * Adds a listener, its filter read and compiled. Returns how it is taken away.
 *
 * @param rest  what `ctx.on` was given after the name: the listener, or a filter and the listener
 * @throws AppError `listener.name`, `listener.filter`, `listener.invalid`
 */
export function addListener(
  listeners: Listeners,
  owner: FilterOwner,
  name: ListenerName,
  rest: readonly unknown[],
): () => void {
  const listener = rest.at(-1)
  if (typeof listener !== 'function' || rest.length > 2) {
    throw new AppError(`a listener to ${name} has to be a function`, {
      code: 'listener.invalid',
      hint: 'Write ctx.on(name, listener), or ctx.on(name, filter, listener).',
    })
  }
  if (isMessageName(name)) {
    const filter = rest.length === 2 ? readFilter(name, rest[0] as MessageFilter) : undefined
    const compiled = filter && compileFilter(filter, owner)
    return listeners.add({ name, filter, compiled, listener: listener as MessageListener })
  }
  if (!isEventName(name)) {
    throw new AppError(`there is nothing named '${name}' to listen to`, {
      code: 'listener.name',
      hint: `There are ${listenerNames()}.`,
    })
  }
  if (rest.length === 2) {
    throw new AppError(`a listener to ${name} takes no filter`, {
      code: 'listener.filter',
      hint: 'Filters are for messages: look at the data in the listener.',
    })
  }
  return listeners.addOfEvent(name, listener as ImEventListener)
}
