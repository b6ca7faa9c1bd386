/** What stands in place of a secret. */
const HIDDEN = '[hidden]'

/** Names of what is secret, at the end of a name: `new_password`, `x-api-key`, `masterSecret`. */
const SECRET_NAME =
  /(?:passw(?:or)?d|passphrase|pwd|secret|token|authorization|(?:api|access|private|secret|signing)key|credential|cookie)s?$|^auth$/
/** What a line that holds a secret has somewhere in it, unless the secret is one of those that are known. */
const SUSPICIOUS =
  /passw|passphrase|pwd|secret|token|authorization|(?:api|access|private|signing)[-_]?key|credential|cookie|"auth"|\bauth=|\bsig|\b(?:basic|bearer)\s|:\/\/[^\s/"]*@/i

/** How a name ends in texts and addresses. */
const NAME_IN_TEXT =
  '(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private|secret|signing)[-_]?key|credential)s?'
/** Long enough to be no word of a sentence. */
const SCHEME = /\b(basic|bearer)(\s+)([\w+/=.~-]{4,})/gi
const LONG_BEARER = 8
/** With user and password in front of the host. */
const ADDRESS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]{1,500}@/gi
const QUERY = new RegExp(
  `([?&;](?:[\\w.-]{0,40}${NAME_IN_TEXT}|auth|authorization|sign|signature|sig)=)[^&#\\s"']+`,
  'gi',
)
/** What a header says: what is in quotes, else the rest of the line. */
const HEADER =
  /((?:authorization|cookie)\\*["']?\s*[:=]\s*)(?:\\*"[^"\\\r\n]*|'[^'\r\n]*|[^\s"'\\][^\r\n]*)/gi
/** `name=value`, `name: value`, and the same in JSON, also in JSON within a text. */
const PAIR = new RegExp(
  `(${NAME_IN_TEXT}\\\\*["']?\\s*[:=]\\s*)(?:\\\\*"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s,;&}\\])"']+)`,
  'gi',
)

/** Secrets that are hidden wherever they turn up. More may become known. */
export class KnownSecrets {
  readonly literals: string[] = []
  /** As they stand in a line, which is JSON. */
  readonly escaped: string[] = []

  constructor(secrets: readonly string[] = []) {
    this.add(secrets)
  }

  add(secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (secret === '' || this.literals.includes(secret)) continue
      this.literals.push(secret)
      this.escaped.push(JSON.stringify(secret).slice(1, -1))
    }
    // One may be a part of another.
    this.literals.sort((a, b) => b.length - a.length)
  }

  /** A text without them. */
  hideLiterals(text: string): string {
    return this.literals.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text)
  }

  /** A text without them, and without what looks like one. */
  hideIn(text: string): string {
    return textWithout(text, this.literals)
  }
}

/**
 * Makes what takes secrets out of lines of the log, each a JSON object: by the names they go by, at any depth, and by
 * their looks in any text. A line in which nothing looks like one is given back as it is, after one look.
 */
export function secretHider(known = new KnownSecrets()): (line: string) => string {
  const inText = (text: string) => known.hideIn(text)
  return line => {
    if (!SUSPICIOUS.test(line) && !known.escaped.some(secret => line.includes(secret))) return line
    try {
      return `${JSON.stringify(valueWithout(JSON.parse(line), inText))}\n`
    } catch {
      return inText(line)
    }
  }
}

function valueWithout(value: unknown, inText: (text: string) => string): unknown {
  if (typeof value === 'string') return inText(value)
  if (Array.isArray(value)) {
    // Headers also come as a list of names and values in turn.
    return value.map((item, at) =>
      at > 0 && isSecretName(value[at - 1]) && isValue(item) ? HIDDEN : valueWithout(item, inText),
    )
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretName(name) && isValue(item) ? HIDDEN : valueWithout(item, inText),
    ]),
  )
}

const isSecretName = (name: unknown): boolean =>
  typeof name === 'string' && SECRET_NAME.test(name.toLowerCase().replace(/[-_. ]/g, ''))

/** Shorter ones are words that stand for nothing, and turn up anywhere. */
const LEAST_CHARS = 8

/** The secrets of a configuration, in each shape in which they go over the wire. */
export function secretsOf(config: {
  readonly main: { readonly jmessage: Keys; readonly apps?: Readonly<Record<string, Keys>> }
}): string[] {
  const { jmessage, apps = {} } = config.main
  const pairs = [jmessage, ...Object.values(apps)].map(({ appKey, masterSecret }) =>
    Buffer.from(`${appKey}:${masterSecret}`).toString('base64'),
  )
  return [...secretsIn(config), ...pairs]
}

interface Keys {
  readonly appKey: string
  readonly masterSecret: string
}

/**
 * The secrets that are among settings, by the names they go by: `auth: {type: header, value: …}` among them, the
 * `secrets` that a YamlFile knows, and passwords in addresses.
 */
function secretsIn(settings: unknown, name?: string): string[] {
  if (typeof settings === 'number') return secretsIn(String(settings), name)
  if (typeof settings === 'string')
    return [...(isSecretName(name) ? [settings] : []), ...passwordOf(settings)].filter(isLongEnough)
  if (!Array.isArray(settings) && !isPlain(settings)) return []
  return Object.entries(settings).flatMap(([key, value]) =>
    secretsIn(value, Array.isArray(settings) ? name : name === 'auth' && key === 'value' ? 'secret' : key),
  )
}

/** Settings are; a schema or a function, as a program may give beside them, is not. */
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
const isLongEnough = (secret: string): boolean => secret.length >= LEAST_CHARS

/** As it stands in an address, and as whoever connects is given it. */
function passwordOf(address: string): string[] {
  if (!address.includes('@') || !URL.canParse(address)) return []
  const { password } = new URL(address)
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

/** That there is none, or whether, is no secret. */
const isValue = (value: unknown): boolean => value !== null && typeof value !== 'boolean' && value !== ''

function textWithout(text: string, known: readonly string[]): string {
  let left = text
  for (const secret of known) left = left.replaceAll(secret, HIDDEN)
  return left
    .replace(SCHEME, (all, scheme: string, gap: string, value: string) =>
      isCredential(scheme, value) ? `${scheme}${gap}${HIDDEN}` : all,
    )
    .replace(HEADER, `$1${HIDDEN}`)
    .replace(ADDRESS, `$1${HIDDEN}@`)
    .replace(QUERY, `$1${HIDDEN}`)
    .replace(PAIR, `$1${HIDDEN}`)
}

/** "Basic" is a word, too: what follows it is a user and a password, or is left. */
const isCredential = (scheme: string, value: string): boolean =>
  scheme.toLowerCase() === 'bearer'
    ? value.length >= LONG_BEARER
    : Buffer.from(value, 'base64').toString('latin1').includes(':')
