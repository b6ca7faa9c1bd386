// Writes src/client/methods.ts: the client's methods, with what the protocol says of each, for editors to show.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'

const target = fileURLToPath(new URL('../src/client/methods.ts', import.meta.url))

const HEAD = `// Long because it is generated: what the protocol says of each of its endpoints.
// Made by scripts/generate-client.mjs of src/protocol: do not edit, run \`npm run generate\`.
import type { Method } from './method.ts'
`

/** The text of methods.ts. */
export function render({ endpoints, errorCodes }) {
  const root = { name: '', title: '', children: new Map() }
  for (const id of Object.keys(endpoints).sort()) {
    const endpoint = endpoints[id]
    const path = id.split('.')
    let branch = root
    for (const part of path.slice(0, -1)) {
      const name = branch.name + part[0].toUpperCase() + part.slice(1)
      const next = branch.children.get(part) ?? { name, title: '', children: new Map() }
      branch.children.set(part, next)
      branch = next
    }
    branch.children.set(path.at(-1), endpoint)
  }
  return HEAD + interfaces(root, errorCodes)
}

function interfaces(branch, errorCodes) {
  const isRoot = branch.name === ''
  const members = []
  const below = []
  for (const [name, child] of branch.children) {
    if (child.children) {
      members.push(`  readonly ${name}: ${child.name}Methods`)
      below.push(interfaces(child, errorCodes))
    } else members.push(`${comment(describe(child, errorCodes))}\n  readonly ${name}: Method<'${child.id}'>`)
  }
  const title = isRoot
    ? '/** Every endpoint as a method under its id: `client.users.get({ username })`, `client.messages.send({ body })`. */\n'
    : ''
  return `\n${title}export interface ${branch.name}Methods {\n${members.join('\n')}\n}\n${below.join('')}`
}

const comment = lines =>
  ['  /**', ...lines.map(line => `   * ${line.replaceAll('*/', '*\\/')}`.trimEnd()), '   */'].join('\n')

/** What is said of an endpoint, line by line. */
function describe(endpoint, errorCodes) {
  const { title, method, path, section, notes, batch, paged, errors } = endpoint
  const facts = new Map()
  fieldsOf(endpoint.querySchema, '', facts)
  if (endpoint.body && endpoint.body !== 'multipart') fieldsOf(endpoint.body, 'body', facts)
  const ways = [
    paged?.by === 'start' && 'Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.',
    paged?.by === 'cursor' &&
      'Paged: `.each(…)` reads a range of any length message by message, `.pages(…)` page by page.',
    batch && `At most ${batch.max} items a call: \`.many(…)\` takes any number of them.`,
  ].filter(Boolean)
  return [
    `${title}.`,
    '',
    `\`${method} ${path}\``,
    ...(notes ? ['', notes] : []),
    ...(ways.length > 0 ? ['', ...ways] : []),
    ...(facts.size > 0 ? [''] : []),
    ...[...facts].map(([field, words]) => `- \`${field}\`: ${[...words].join('; ')}`),
    ...(errors.length > 0
      ? ['', '@throws ApiError with one of these codes, or one that any call can have:']
      : []),
    ...errors.map(code => `- ${code} ${errorCodes[code].message}`),
    '',
    `@see "${section}"`,
  ]
}

/** Notes of a schema and of its fields what there is to say, by the path to them. */
function fieldsOf(schema, path, facts) {
  const { inner, words } = peel(schema)
  const { def } = inner._zod
  const own = [...words, ...limitsOf(inner)]
  if (path && own.length > 0) {
    if (!facts.has(path)) facts.set(path, new Set())
    for (const word of own) facts.get(path).add(word)
  }
  if (def.type === 'object')
    for (const [key, field] of Object.entries(inner.shape))
      fieldsOf(field, path ? `${path}.${key}` : key, facts)
  if (def.type === 'array') fieldsOf(def.element, `${path}[]`, facts)
  // A value that can have several forms is described as a whole, or form by form.
  if (def.type === 'union' && !isDescribed(inner))
    for (const option of def.options) fieldsOf(option, path, facts)
}

/** A schema without what is wrapped around it, and what the wrappings say. */
function peel(schema) {
  const words = []
  let inner = schema
  for (;;) {
    const description = inner.description
    if (description && !words.includes(description)) words.push(description)
    const { def } = inner._zod
    if (def.type === 'default') words.push(`default ${def.defaultValue}`)
    if (['optional', 'default', 'nullable'].includes(def.type)) inner = def.innerType
    else if (def.type === 'pipe') {
      words.push(...limitsOf(inner))
      inner = def.in._zod.def.type === 'transform' ? def.out : def.in
    } else return { inner, words }
  }
}

const isDescribed = schema => {
  const { minBytes, minChars, minimum, format, maxBytes } = schema.meta() ?? {}
  return [minBytes, minChars, minimum, format, maxBytes].some(value => value !== undefined)
}

/** The limits of a value, in words. */
function limitsOf(schema) {
  const { minBytes, maxBytes, minChars, maxChars, minimum, maximum, format } = schema.meta() ?? {}
  const { def } = schema._zod
  const words = []
  if (format === 'username') words.push('4 to 128 letters, digits and `_ . - @`; first a letter or digit')
  else if (maxBytes !== undefined)
    words.push(
      minBytes === undefined ? `at most ${maxBytes} bytes of JSON` : `${minBytes} to ${maxBytes} bytes`,
    )
  if (format === 'flag') words.push('true or false')
  if (format === 'switch') words.push('0 or 1')
  if (maxChars !== undefined) words.push(`${minChars} to ${maxChars} characters`)
  if (maximum !== undefined)
    words.push(maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`)
  const most = def.type === 'array' && def.checks?.find(check => check._zod.def.check === 'max_length')
  if (most) words.push(`at most ${most._zod.def.maximum} items`)
  if (def.type === 'literal') words.push(def.values.join(', '))
  if (def.type === 'enum') words.push(Object.values(def.entries).join(', '))
  return words
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const protocol = await createJiti(import.meta.url).import('../src/protocol/index.ts')
  writeFileSync(target, render(protocol))
}
