/** Where a value is in a file: the keys and indexes that lead to it. */
export type FieldPath = readonly (string | number)[]

const PLAIN_KEY = /^[\p{L}\p{N}_-]{1,60}$/u

/** A path as people read it: `plugins.announce.groups[0]`. */
export function fieldName(path: FieldPath): string {
  let name = ''
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`
    else if (PLAIN_KEY.test(part)) name += name === '' ? part : `.${part}`
    else name += `[${JSON.stringify(clip(part))}]`
  }
  return name
}

const SECRET = /secret|passw|passphrase|pwd|token|credential|(?:^|_|api|app|access|private)keys?(?:_|$)/

/** Whether a name says that its value is nobody's business: secret, password, token, masterSecret, apiKey, … */
export function looksSecret(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_')
  return SECRET.test(words.toLowerCase())
}

/** Whether the names that lead to a value say that it is secret: those of {@link looksSecret}, and `auth.value`. */
export const isSecretField = (path: FieldPath): boolean =>
  path.some(part => looksSecret(String(part))) || (path.at(-1) === 'value' && path.at(-2) === 'auth')

const LONGEST_SHOWN = 60

/** A text short enough for a message. */
export const clip = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
