import { z } from 'zod'
import { examplesOf } from '../../protocol/examples/index.ts'
import { commonErrors, type Endpoint, errorCodes, type JmCode, NewUser } from '../../protocol/index.ts'
import { UPLOAD_BYTES } from '../../protocol/resources.ts'
import type { Json } from './readable.ts'
import { parametersOf, schemaOf } from './schemas.ts'

/** Headers of every answer to an app whose calls are counted. */
export const RATE_HEADERS = [
  'X-Rate-Limit-Limit',
  'X-Rate-Limit-Quota',
  'X-Rate-Limit-Remaining',
  'X-Rate-Limit-Reset',
]

/** Answers that any endpoint can give, by status: the same components for all. */
export const commonStatuses: readonly number[] = [
  ...new Set(commonErrors.map(code => errorCodes[code].status)),
]

/** An endpoint as OpenAPI calls it: an operation. */
export function operationOf(endpoint: Endpoint): Json {
  const { id, section, title, queryInBody, body } = endpoint
  const description = sentences(endpoint).join('\n')
  const parameters = parametersIn(endpoint)
  return {
    operationId: id,
    tags: [section],
    summary: title,
    ...(description === '' ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body !== undefined || queryInBody ? { requestBody: requestBody(endpoint) } : {}),
    responses: responses(endpoint),
    ...(endpoint.paged ? { 'x-paged': endpoint.paged } : {}),
    ...(endpoint.batch ? { 'x-batch': endpoint.batch } : {}),
  }
}

/** What a caller has to know beyond schemas and errors. */
function sentences({ notes, paged, batch, aliases, queryInBody }: Endpoint): string[] {
  return [
    ...(notes === undefined ? [] : [notes]),
    ...(paged?.by === 'cursor' ? ['The cursor of a page asks for the next one; the last has none.'] : []),
    ...(batch ? [`Takes ${batch.max} items in one call.`] : []),
    ...(queryInBody ? ['The parameters may stand in a JSON body instead.'] : []),
    ...(aliases?.length ? [`Also served under ${aliases.join(', ')}.`] : []),
  ]
}

function parametersIn({ params, querySchema, queryInBody }: Endpoint): Json[] {
  const lift = (place: string) => (parameter: { name: string; required: boolean; schema: Json }) => {
    const { description, ...schema } = parameter.schema
    return {
      name: parameter.name,
      in: place,
      // What may stand in the body need not stand here.
      required: place === 'path' || (parameter.required && !queryInBody),
      ...(description === undefined ? {} : { description }),
      schema,
    }
  }
  return [...parametersOf(params).map(lift('path')), ...parametersOf(querySchema).map(lift('query'))]
}

/** Items of a registration are checked one by one, which its schema does not say. */
const bodySchema = (endpoint: Endpoint): z.ZodType | undefined => {
  if (endpoint.id === 'users.register') return z.array(NewUser).min(1).max(endpoint.batch!.max)
  return endpoint.queryInBody ? endpoint.querySchema : (endpoint.body as z.ZodType | undefined)
}

function requestBody(endpoint: Endpoint): Json {
  if (endpoint.body === 'multipart') return upload
  return {
    required: !endpoint.queryInBody,
    content: {
      'application/json': {
        schema: schemaOf(bodySchema(endpoint)!, 'input'),
        ...examples(endpoint.id, 'request'),
      },
    },
  }
}

const upload: Json = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          file: {
            type: 'string',
            format: 'binary',
            'x-maxBytes': UPLOAD_BYTES,
            description: `The file, in the first part that is one, whatever its name. At most ${UPLOAD_BYTES} bytes.`,
          },
        },
        required: ['file'],
      },
    },
  },
}

/** The samples of an endpoint, as a media type holds them. */
export function examples(id: string, kind: 'request' | 'response'): Json {
  const all = examplesOf(id, kind)
  if (all.length === 0) return {}
  return { examples: Object.fromEntries(all.map(({ name, value }) => [name, { value }])) }
}

function responses(endpoint: Endpoint): Json {
  const { id, status, response, errors } = endpoint
  const byStatus = new Map<number, JmCode[]>()
  for (const code of errors) {
    const { status } = errorCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return {
    [status]: {
      description: response ? 'Done.' : 'Done; there is no body.',
      headers: rateHeaders,
      ...(response
        ? {
            content: {
              'application/json': { schema: schemaOf(response, 'output'), ...examples(id, 'response') },
            },
          }
        : {}),
    },
    ...Object.fromEntries([...byStatus].map(([status, codes]) => [status, refusal(codes, id)])),
    ...Object.fromEntries(
      commonStatuses
        .filter(status => !byStatus.has(status))
        .map(status => [status, { $ref: `#/components/responses/${status}` }]),
    ),
  }
}

/** The headers by which a caller sees what is left of its quota. */
export const rateHeaders: Json = Object.fromEntries(
  RATE_HEADERS.map(name => [name, { $ref: `#/components/headers/${name}` }]),
)

/** An answer that refuses with one of some codes. */
export function refusal(codes: readonly JmCode[], id?: string): Json {
  const error = { $ref: '#/components/schemas/Error' }
  const results = { type: 'array', items: { $ref: '#/components/schemas/Registration' } }
  const sorted = [...codes].sort((a, b) => a - b)
  return {
    description: sorted.map(code => `${code} ${errorCodes[code].message}`).join('; '),
    headers: rateHeaders,
    content: {
      'application/json': {
        schema: id === 'users.register' ? { anyOf: [error, results] } : error,
        examples: Object.fromEntries(
          sorted.map(code => [code, { $ref: `#/components/examples/error-${code}` }]),
        ),
      },
    },
  }
}
