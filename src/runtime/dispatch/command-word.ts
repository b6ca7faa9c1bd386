/** A word as it is compared: in lower case, what keyboards type in full width as the same letter. */
export const folded = (word: string): string => word.normalize('NFKC').toLowerCase()

/** What follows the prefix in a text; `undefined` if the text does not begin with it. `／` is as good as `/`. */
export function afterPrefix(text: string, prefix: string): string | undefined {
  if (text.startsWith(prefix)) return text.slice(prefix.length)
  // Only letters beyond ASCII have another form.
  if (!(text.charCodeAt(0) > 127) && prefix.length === 1) return undefined
  const start = text.slice(0, prefix.length)
  return start.normalize('NFKC') === prefix.normalize('NFKC') ? text.slice(prefix.length) : undefined
}

/** The word that a text calls a command by, folded; `undefined` if it calls none. */
export function commandWord(text: string, prefix: string): string | undefined {
  const rest = afterPrefix(text, prefix)
  if (rest === undefined) return undefined
  const [word = ''] = /^\S+/.exec(rest) ?? []
  return word === '' ? undefined : folded(word)
}
