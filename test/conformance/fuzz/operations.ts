import { Ajv2020 } from 'ajv/dist/2020.js'
import { openApi } from '../../../src/server/documents/openapi.ts'

/** The parts of a schema that values are made by. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly 'x-refersTo'?: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: Schema
}

/** A call as the document has it. */
export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
}

interface Described {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
}

/** The document as a client gets it. */
const document = JSON.parse(JSON.stringify(openApi())) as {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

export const operations: readonly Operation[] = described.map(({ path, method, operation }) => ({
  id: operation.operationId,
  method: method.toUpperCase(),
  path,
  parameters: operation.parameters ?? [],
  body: operation.requestBody?.content['application/json']?.schema,
}))

export const named = (reference: string): Schema =>
  document.components.schemas[reference.slice(reference.lastIndexOf('/') + 1)] ?? {}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'api', ...document })
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

type Judge = (status: number, body: unknown) => string | undefined
const judges = new Map<string, Judge>(
  described.map(({ path, method, operation }) => {
    const responses = Object.entries(operation.responses).map(([status, { content }]) => {
      const pointer = `/paths/${escaped(path)}/${method}/responses/${status}/content/application~1json/schema`
      return [status, content && ajv.compile({ $ref: `api#${pointer}` })] as const
    })
    const byStatus = new Map(responses)
    return [
      operation.operationId,
      (status, body) => {
        if (!byStatus.has(String(status))) return `${status} is not described`
        const validate = byStatus.get(String(status))
        if (!validate) return body === '' ? undefined : `${status} must have no body`
        return validate(body) ? undefined : ajv.errorsText(validate.errors)
      },
    ]
  }),
)

/** What is wrong with a successful answer of an operation, as the document sees it. */
export const judged = ({ id }: Operation, status: number, body: unknown): string | undefined =>
  judges.get(id)?.(status, body)
