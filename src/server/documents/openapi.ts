import { readFileSync } from 'node:fs'
import {
  commonErrors,
  type Endpoint,
  endpoints,
  errorCodes,
  type JmCode,
  MessageCallback,
  messagesCallback,
} from '../../protocol/index.ts'
import { commonStatuses, examples, operationOf, refusal } from './operation.ts'
import type { Json } from './readable.ts'
import { namedSchemas, schemaOf } from './schemas.ts'

/** The whole REST API as an OpenAPI 3.1 document, built from the protocol. */
export function openApi(): Json {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const sections = [...new Set([...all.map(({ section }) => section), messagesCallback.section])]
  return {
    openapi: '3.1.1',
    info: { title: 'JMessage REST API, served by Beadle', version, description: INTRODUCTION.join('\n') },
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    security: [{ basic: [] }],
    tags: sections.map(name => ({ name })),
    paths: paths(),
    webhooks: { [messagesCallback.id]: { post: callback() } },
    components: {
      securitySchemes: {
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'appKey as the user, masterSecret as the password.',
        },
      },
      schemas: { Error: ERROR, ...namedSchemas() },
      headers: HEADERS,
      responses: Object.fromEntries(commonStatuses.map(status => [status, commonRefusal(status)])),
      examples: Object.fromEntries(
        (Object.keys(errorCodes).map(Number) as JmCode[]).map(code => [`error-${code}`, errorExample(code)]),
      ),
    },
  }
}

/** The sections as the source document has them; what it does not have comes last. */
const SECTIONS = [
  'User registration',
  'Admin registration',
  'User maintenance',
  'Do-not-disturb and forbidden',
  'Messages',
  'Media files',
  'Groups',
  'Friends',
  'Cross-application',
  'Sensitive words',
  'Chat rooms',
  'Configuration',
]

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']

/** By section, path and method: the table itself has the order of names in a module, which depends on its loader. */
const all = (Object.values(endpoints) as Endpoint[])
  .map(endpoint => [placeOf(endpoint), endpoint] as const)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([, endpoint]) => endpoint)

function placeOf({ section, path, method }: Endpoint): string {
  const place = SECTIONS.includes(section) ? SECTIONS.indexOf(section) : SECTIONS.length
  return [String(place).padStart(2, '0'), section, templated(path), METHODS.indexOf(method)].join('\n')
}

const INTRODUCTION = [
  'Bodies are JSON in UTF-8, whatever their content type says.',
  'Unknown keys are ignored; null means absent.',
  'Lengths are bytes of UTF-8: x-minBytes and x-maxBytes, both inclusive.',
  'Times without a zone are UTC+8.',
  'A trailing slash more or less, and repeated slashes, make no difference to a path.',
  'Unknown paths are answered with 404, other methods of known ones with 405, in the form of every error.',
]

const ERROR: Json = {
  type: 'object',
  description: 'Every refusal.',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'integer' },
        message: { type: 'string', description: 'The text of the code, and what is wrong with which field.' },
      },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
}

const count = { type: 'integer', minimum: 0 }
const whileCounted = 'Only while the server counts calls.'
const HEADERS: Json = {
  'X-Rate-Limit-Limit': { description: `Calls in one minute. ${whileCounted}`, schema: count },
  'X-Rate-Limit-Quota': { description: `The same as X-Rate-Limit-Limit. ${whileCounted}`, schema: count },
  'X-Rate-Limit-Remaining': { description: `Calls left in this minute. ${whileCounted}`, schema: count },
  'X-Rate-Limit-Reset': { description: `Seconds to the next minute. ${whileCounted}`, schema: count },
  'Retry-After': { description: 'Seconds to wait.', schema: count },
}

function commonRefusal(status: number): Json {
  const answer = refusal(commonErrors.filter(code => errorCodes[code].status === status))
  if (status !== 429) return answer
  return {
    ...answer,
    headers: { ...(answer.headers as Json), 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
  }
}

function errorExample(code: JmCode): Json {
  const { message, advice } = errorCodes[code]
  return { summary: message, description: advice, value: { error: { code, message } } }
}

/** `/v1/users/:username/` as OpenAPI writes it. */
function templated(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '')
}

function paths(): Json {
  const found: Record<string, Record<string, Json>> = {}
  const put = (path: string, method: string, operation: Json) => {
    const key = templated(path)
    found[key] = { ...found[key], [method.toLowerCase()]: operation }
  }
  for (const endpoint of all) {
    const operation = operationOf(endpoint)
    put(endpoint.path, endpoint.method, operation)
    for (const [index, alias] of (endpoint.aliases ?? []).entries())
      put(alias, endpoint.method, {
        ...operation,
        operationId: `${endpoint.id}.alias${index + 1}`,
        deprecated: true,
        'x-aliasOf': endpoint.id,
      })
  }
  return found
}

/** The one call that goes the other way: to the callback URL of an app. */
function callback(): Json {
  const { id, section, title } = messagesCallback
  return {
    operationId: id,
    tags: [section],
    summary: title,
    description: 'With the Basic authorization of the app. Posted again until it is taken.',
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: schemaOf(MessageCallback, 'output'), ...examples(id, 'request') },
      },
    },
    responses: { '2XX': { description: 'Taken.' } },
  }
}
