import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { examples } from '../../src/protocol/examples/index.ts'
import { type Endpoint, endpoints, errorCodes, OutgoingMessage } from '../../src/protocol/index.ts'
import { openApi } from '../../src/server/documents/openapi.ts'

// biome-ignore lint/suspicious/noExplicitAny: the document is looked into at many places
const document = JSON.parse(JSON.stringify(openApi())) as any
const all = Object.values(endpoints) as readonly Endpoint[]

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'api', ...document })
/** Validates as the schema at a JSON pointer of the document says. */
const validator = (pointer: string) => ajv.compile({ $ref: `api#${pointer}` })
const escaped = (key: string | number) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')

/** Every value of the document with its JSON pointer. */
function* walk(value: unknown, pointer = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  yield [pointer, value as Record<string, unknown>]
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, `${pointer}/${escaped(key)}`)
}

const operationAt = ({ method }: Endpoint, path: string) =>
  document.paths[path.replace(/:(\w+)/g, '{$1}').replace(/\/$/, '')]?.[method.toLowerCase()]

describe('the OpenAPI document', () => {
  test('is one of OpenAPI 3.1, as a validator of others sees it', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('refers to nothing that is not there', () => {
    const at = (reference: string): unknown =>
      reference
        .slice(2)
        .split('/')
        .reduce((value, key) => value?.[key], document)
    const references = [...walk(document)].flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []))
    expect(references.length).toBeGreaterThan(300)
    expect(
      references.filter(reference => !reference.startsWith('#/') || at(reference) === undefined),
    ).toEqual([])
  })

  test('names nothing that it does not refer to', () => {
    const text = JSON.stringify(document)
    const unused = ['schemas', 'headers', 'responses'].flatMap(kind =>
      Object.keys(document.components[kind]).filter(name => !text.includes(`"#/components/${kind}/${name}"`)),
    )
    expect(unused).toEqual([])
  })

  test('has samples that fit their schemas', () => {
    const wrong: string[] = []
    const validators = new Map<string, ReturnType<typeof validator>>()
    let count = 0
    for (const [pointer, { schema, examples }] of walk(document)) {
      if (schema === undefined || examples === undefined) continue
      const key = JSON.stringify(schema)
      const validate = validators.get(key) ?? validator(`${pointer}/schema`)
      validators.set(key, validate)
      for (const [name, example] of Object.entries(
        examples as Record<string, { $ref?: string; value: unknown }>,
      )) {
        const value = example.$ref
          ? document.components.examples[example.$ref.split('/').pop()!].value
          : example.value
        count++
        if (!validate(value)) wrong.push(`${pointer} ${name}: ${ajv.errorsText(validate.errors)}`)
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(300)
  })

  test('shows every sample there is', () => {
    const shown = new Set(
      [...walk({ ...document.paths, ...document.webhooks })].flatMap(([, { value }]) =>
        value === undefined ? [] : [JSON.stringify(value)],
      ),
    )
    const missing = Object.keys(examples).filter(key => !shown.has(JSON.stringify(examples[key])))
    expect(missing).toEqual(['error.401.response', 'error.429.response'])
    expect(examples['error.401.response']).toEqual(document.components.examples['error-899008'].value)
    expect(examples['error.429.response']).toEqual(document.components.examples['error-2002'].value)
  })

  test.each(all.map(endpoint => [endpoint.id, endpoint] as const))('has %s', (id, endpoint) => {
    const operation = operationAt(endpoint, endpoint.path)
    expect(operation).toMatchObject({ operationId: id, summary: endpoint.title, tags: [endpoint.section] })
    for (const alias of endpoint.aliases ?? [])
      expect(operationAt(endpoint, alias)).toMatchObject({
        'x-aliasOf': id,
        responses: operation.responses,
      })
    const parameters = (operation.parameters ?? []).map((parameter: { name: string }) => parameter.name)
    expect(parameters).toEqual([
      ...Object.keys(endpoint.params.shape),
      ...Object.keys(endpoint.querySchema.shape),
    ])
    expect(operation.requestBody !== undefined).toBe(
      endpoint.body !== undefined || endpoint.queryInBody === true,
    )
    const content = operation.responses[endpoint.status].content
    expect(content !== undefined).toBe(endpoint.response !== undefined)
    for (const code of endpoint.errors) {
      const response = operation.responses[errorCodes[code].status]
      expect(response.content['application/json'].examples).toHaveProperty(String(code))
    }
    for (const status of [401, 429, 500, 503]) expect(operation.responses).toHaveProperty(String(status))
  })

  test('says of every code what it means and what to do', () => {
    for (const [code, { message, advice }] of Object.entries(errorCodes)) {
      expect(document.components.examples[`error-${code}`]).toEqual({
        summary: message,
        description: advice,
        value: { error: { code: Number(code), message } },
      })
    }
  })
})

describe('schemas of the document', () => {
  const odd = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.bigInt({ min: 0n, max: 10n ** 17n }).map(String),
    fc.constantFrom(0, 1, -1, '0', '1', 'true', 'FALSE', 'yes', '', {}, [], [0], null, 2 ** 53, '01', '\0'),
  )
  const properties = '/components/schemas/TextMessage/properties'
  const flag = OutgoingMessage.options[0].shape.no_offline.unwrap()
  const extras = endpoints['users.update'].body.shape.extras.unwrap()
  const items = (id: string) => {
    const { method, path } = endpoints[id as 'chatrooms.getBatch']
    const place = escaped(path.replace(/\/$/, ''))
    return `/paths/${place}/${method.toLowerCase()}/requestBody/content/application~1json/schema/items`
  }

  test.each([
    ['an id', items('chatrooms.getBatch'), endpoints['chatrooms.getBatch'].body.element],
    ['a flag', `${properties}/no_offline`, flag],
    ['an object', '/components/schemas/NewUser/properties/extras', extras],
    ['a version', `${properties}/version`, OutgoingMessage.options[0].shape.version],
  ])('take for %s what the server takes', (_, pointer, schema) => {
    const validate = validator(pointer)
    fc.assert(
      // An id in digits may have a number beyond those that are exact: no pattern says that.
      fc.property(
        odd.filter(value => typeof value !== 'string' || value.length < 16),
        value => {
          expect(validate(value)).toBe(schema.safeParse(value).success)
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each([
    ['a word', items('sensitivewords.add'), endpoints['sensitivewords.add'].body.element],
    ['a text', `${properties}/from_name`, OutgoingMessage.options[0].shape.from_name.unwrap()],
    [
      'a username',
      '/components/schemas/NewUser/properties/username',
      endpoints['users.statBatch'].body.element,
    ],
  ])('refuse for %s nothing that the server takes', (_, pointer, schema) => {
    const validate = validator(pointer)
    const texts = fc.oneof(
      odd,
      fc.string({ unit: 'binary', maxLength: 260 }),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
    )
    fc.assert(
      fc.property(texts, value => validate(value) || !schema.safeParse(value).success),
      { numRuns: 300 },
    )
    expect(validate('x'.repeat(251))).toBe(false)
  })
})
