import type { StoredEvent } from '../../events/event.ts'
import type { DialogueLog, OpenQuestion, Resumption } from './dialogue.ts'

/** What an event is to a dialogue. `other`: it has nothing to do with it. `past`: it was seen to before. */
export type Part = Resumption['brings'] | 'again' | 'other' | 'past'

/** An answer that comes so much later than it was waited for counts, as whoever tells that the time is up may be late: ms. */
const GRACE_MS = 60_000

/** What a message is to a dialogue with who sent it. */
export function partOfMessage(
  { id, createdAt }: Pick<StoredEvent, 'id' | 'createdAt'>,
  { log, expiresAt }: { readonly log: DialogueLog; readonly expiresAt: number },
  isCommand: () => boolean,
): Part {
  const known = partOfKnown(id, log)
  if (known) return known
  const { open } = log
  // It was said before the question was asked.
  if (!open || id <= open.asked) return 'other'
  if (createdAt > expiresAt + GRACE_MS) return 'other'
  return open.commands === 'command' && isCommand() ? 'other' : 'message'
}

/** What it is to a dialogue that the time of a question is up. */
export function partOfTimeout(
  id: string,
  { log, expiresAt }: { readonly log: DialogueLog; readonly expiresAt: number },
  ofQuestion: number,
): Part {
  const known = partOfKnown(id, log)
  if (known) return known
  return log.open && ofQuestion === expiresAt ? 'timeout' : 'past'
}

/** What an event is that was seen to before, wholly or in part. */
function partOfKnown(id: string, { open, over, segments }: DialogueLog): Part | undefined {
  if (over !== undefined) return over === id ? 'past' : 'other'
  if (open?.by === id) return 'again'
  if (open && isTry(id, open)) return open.tries.at(-1) === id ? 'message' : 'past'
  return segments.some(({ event }) => event.id === id) ? 'past' : undefined
}

const isTry = (id: string, { tries }: OpenQuestion): boolean => tries.includes(id)
