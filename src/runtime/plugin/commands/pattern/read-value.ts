import { type ArgumentValue, argumentTypes, type ReadContext } from './argument-types.ts'
import type { Reading } from './command-pattern.ts'
import { folded } from './command-word.ts'

/** The value of a word or, for a text, of several; undefined if it is not what it has to be. */
export function readValue(
  { type, choices }: Reading,
  text: string,
  context: ReadContext,
): ArgumentValue | undefined {
  if (type !== 'choice') return argumentTypes[type].read(text, context)
  const wanted = folded(text)
  return choices?.find(choice => folded(choice) === wanted)
}

/** What a value has to be, in English: completes "minutes must be …". */
export const expected = ({ type, choices = [] }: Reading): string =>
  type === 'choice' ? `one of ${choices.join(', ')}` : argumentTypes[type].expects.en
