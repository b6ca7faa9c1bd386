/** A word as it is compared: in lower case, what keyboards type in full width as the same letter. */
export const folded = (word: string): string => word.normalize('NFKC').toLowerCase()

/** The word that a text calls a command by, folded; `undefined` if it calls none. */
export function commandWord(text: string, prefix: string): string | undefined {
  if (!text.startsWith(prefix)) return undefined
  const [word = ''] = /^\S+/.exec(text.slice(prefix.length)) ?? []
  return word === '' ? undefined : folded(word)
}
