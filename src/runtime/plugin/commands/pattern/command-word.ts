/** A word in which what keyboards type in full width is the same letter as in normal width. */
export const narrowed = (word: string): string => (isAscii(word) ? word : word.normalize('NFKC'))

/** A word as it is compared: {@link narrowed}, and in lower case. */
export const folded = (word: string): string => narrowed(word).toLowerCase()

/** Most words are; they need not be looked at any closer. */
function isAscii(word: string): boolean {
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) > 127) return false
  return true
}

/** Whether what stands at a place is white space, as `\s` has it. */
export function isSpaceAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(text[at]!))
}

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
