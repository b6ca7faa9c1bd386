// Writes docs/api.md and docs/coverage.md, what the protocol says of every endpoint, and where each is served, called and
// tested; docs/cli.md and docs/errors.md. `npm run docs`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import { about, resolved, tablesOf } from '../src/server/documents/reference/schema.js'
import { cliPage } from './cli-page.mjs'
import { errorsPage } from './errors-page.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const MADE = '<!-- Made by `npm run docs` of src/protocol: do not edit. -->'

/** docs/api.md, of the OpenAPI document. */
export function apiPage(document) {
  const operations = operationsOf(document)
  const parts = document.tags.map(({ name }) => ({
    name,
    own: operations.filter(({ operation }) => operation.tags[0] === name),
  }))
  return lines(
    '# The REST API',
    '',
    MADE,
    '',
    'All of the JMessage REST API, as the [IM server](im-server.md) serves it and the [client](client.md) calls it.',
    'The server has the same as an OpenAPI document, `/openapi.json`, and to try out, `/docs`.',
    'Where each endpoint is served, called and tested is in [coverage.md](coverage.md).',
    '',
    ...document.info.description.split('\n'),
    '',
    ...parts.flatMap(({ name, own }) => [
      `- [${name}](#${anchor(name)}): ${own.map(({ operation: { operationId: id } }) => `[${id}](#${anchor(id)})`).join(', ')}`,
    ]),
    '- [Errors](#errors)',
    ...parts.flatMap(({ name, own }) => [
      '',
      `## ${name}`,
      ...own.flatMap(found => ['', ...endpoint(document, found)]),
    ]),
    '',
    '## Errors',
    '',
    ...errorTable(document),
  )
}

function operationsOf(document) {
  return Object.entries({ ...document.paths, ...document.webhooks }).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => !operation['x-aliasOf'])
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
}

function endpoint(document, { path, method, operation }) {
  const { operationId: id, summary, description = '', parameters = [], requestBody, responses } = operation
  const done = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  return [
    `### ${id}`,
    '',
    `${summary}.`,
    '',
    path.startsWith('/') ? `\`${method} ${path}\`` : `\`${method}\` to the callback URL of the app`,
    ...block(sentences(description)),
    ...table(
      ['Parameter', 'In', 'About'],
      parameters.map(({ name, in: place, required, schema, description }) => [
        named(name, required),
        place,
        about({ ...schema, description }),
      ]),
    ),
    ...(requestBody ? body(document, requestBody.content, 'Body') : []),
    ...done.flatMap(([status, response]) =>
      response.content
        ? body(document, response.content, `Answer ${status}`)
        : ['', `Answer ${status}, without a body.`],
    ),
    ...(path.startsWith('/') ? errors(document, responses) : []),
  ]
}

function body(document, content, title) {
  return Object.values(content).flatMap(({ schema, examples = {} }) => [
    ...tablesOf(document, schema).flatMap(({ title: form, rows }) => {
      const heading = [title, form].filter(Boolean).join(': ').replace(': Always', '')
      const fields = rows.map(({ name, type, required, about }) => [named(name, required), type, about])
      return rows.length > 0
        ? table([heading, 'Type', 'About'], fields)
        : ['', `${heading} has no more fields.`]
    }),
    ...Object.entries(examples).flatMap(([name, { value }]) => [
      '',
      `For example${name === 'default' ? '' : ` (${name})`}:`,
      '',
      '```json',
      ...pretty(value),
      '```',
    ]),
  ])
}

/** The errors of one call; those that any call can have are told once. */
function errors(document, responses) {
  const codes = Object.values(responses)
    .filter(response => response.$ref === undefined && response.content)
    .flatMap(({ content }) => Object.entries(content['application/json'].examples ?? {}))
    .map(([code, example]) => [code, resolved(document, example)])
    .filter(([, { value }]) => value?.error)
    .sort(([a], [b]) => a - b)
  const told = codes.map(([code, { summary }]) => `${code} ${summary}`)
  return [
    '',
    told.length > 0 ? `[Errors](#errors): ${told.join(', ')}.` : '[Errors](#errors): those of any call.',
  ]
}

function errorTable(document) {
  const common = new Set(
    Object.values(document.components.responses).flatMap(({ content }) =>
      Object.keys(content['application/json'].examples),
    ),
  )
  const statuses = statusOf(document)
  return table(
    ['Code', 'Status', 'Message', 'What to do', 'Of'],
    Object.entries(document.components.examples).map(([key, { summary, description }]) => {
      const code = key.replace('error-', '')
      return [code, statuses.get(code) ?? '', summary, description, common.has(code) ? 'any call' : '']
    }),
  ).slice(1)
}

function statusOf(document) {
  const found = new Map([
    ['404', '404'],
    ['405', '405'],
  ])
  for (const { operation } of operationsOf(document))
    for (const [status, response] of Object.entries(operation.responses))
      for (const code of Object.keys(
        resolved(document, response).content?.['application/json']?.examples ?? {},
      ))
        if (/^\d+$/.test(code)) found.set(code, status)
  return found
}

/** docs/coverage.md, and the endpoints that lack something. */
export function coveragePage(endpoints, client) {
  const handlers = occurrences(['src/server/resources'], id => `'${id}':`)
  const tests = occurrences(['test/server', 'test/conformance'], id => `'${id}'`, NOT_ABOUT_ONE)
  const holes = []
  const rows = Object.keys(endpoints)
    .sort()
    .map(id => {
      const served = handlers(id)
      const called = methodAt(client, id)
      const tested = tests(id)
      if (served.length === 0) holes.push(`${id} has no handler`)
      if (!called) holes.push(`${id} has no method`)
      if (tested.length === 0) holes.push(`${id} has no test`)
      return [
        `[${id}](api.md#${anchor(id)})`,
        served.map(linked).join(', ') || '**none**',
        called
          ? [
              `\`${id}\``,
              ...Object.keys(called)
                .sort()
                .map(way => `\`.${way}\``),
            ].join(', ')
          : '**none**',
        tested.slice(0, SHOWN_TESTS).map(linked).join(', ') || '**none**',
      ]
    })
  rows.push([
    `[callback.messages](api.md#${anchor('callback.messages')})`,
    ...[
      'src/server/callback-delivery.ts',
      'src/runtime/sources/callback.ts',
      'test/server/callback.test.ts',
    ].map(linked),
  ])
  const page = lines(
    '# Coverage',
    '',
    MADE,
    '',
    `${rows.length} endpoints, and for each the file that answers it, the method that calls it, and tests that name it.`,
    'The last is the one that the server calls: it is sent by the server, and answered by Beadle.',
    'Besides these, there are tests that go over all endpoints.',
    ...table(['Endpoint', 'Server', 'Client', 'Tests'], rows),
  )
  return { page, holes }
}

/** So many tests of one endpoint are named: a list of all would change with every test. */
const SHOWN_TESTS = 2
/** Tests that go over the whole document name some endpoints by the way. */
const NOT_ABOUT_ONE = ['test/server/openapi.test.ts', 'test/server/documents.test.ts']

/** The files below some folders in which what is looked for stands; those of samples first. */
function occurrences(folders, wanted, except = []) {
  const isSample = ([file]) => (file.includes('/samples/') ? 0 : 1)
  const texts = folders
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true })
        .filter(name => name.endsWith('.ts'))
        .map(name => `${folder}/${name.replaceAll('\\', '/')}`),
    )
    .filter(file => !except.includes(file))
    .sort()
    .map(file => [file, readFileSync(join(root, file), 'utf8')])
    .sort((a, b) => isSample(a) - isSample(b))
  return id => texts.filter(([, text]) => text.includes(wanted(id))).map(([file]) => file)
}

const methodAt = (client, id) => id.split('.').reduce((branch, part) => branch?.[part], client)
const linked = file => `[${file.replace(/^(src|test)\//, '').replace(/\.ts$/, '')}](../${file})`

const lines = (...all) => `${all.join('\n')}\n`
const block = some => (some.length > 0 ? ['', ...some] : [])
const named = (name, required) => `\`${name}\`${required ? '' : ' (optional)'}`
/** As GitHub makes it of a heading. */
const anchor = heading =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')
const sentences = text => text.split(/\n|(?<=[.!?]) (?=[A-Z])/).filter(Boolean)
const cell = text => String(text).replaceAll('|', '\\|')

function table(heads, rows) {
  if (rows.length === 0) return []
  const row = cells => `| ${cells.map(cell).join(' | ')} |`
  return ['', row(heads), row(heads.map(() => '---')), ...rows.map(row)]
}

/** On one line while that is short. */
function pretty(value) {
  const short = JSON.stringify(value)
  return (short.length <= 100 ? short : JSON.stringify(value, null, 2)).split('\n')
}

/** What docs/errors.md is made of. */
async function errorTables(load) {
  const { errorMeanings } = await load('../src/base/error-meanings.ts')
  const { storeErrorMeanings } = await load('../src/store/store-error.ts')
  const { copyErrorMeanings } = await load('../src/store/copy/copy-error.ts')
  const { STATUS } = await load('../src/runtime/sources/webhook/refusals.ts')
  const { errorCodes } = await load('../src/protocol/errors.ts')
  return {
    groups: {
      ...errorMeanings,
      'The database': storeErrorMeanings,
      'Copies of a database': copyErrorMeanings,
    },
    statuses: STATUS,
    jmessage: errorCodes,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const jiti = createJiti(import.meta.url)
  const { openApi } = await jiti.import('../src/server/documents/openapi.ts')
  const { endpoints } = await jiti.import('../src/protocol/index.ts')
  const { createClient } = await jiti.import('../src/client/index.ts')
  const client = createClient({ endpoint: 'http://127.0.0.1', appKey: '', masterSecret: '' })
  const { page, holes } = coveragePage(endpoints, client)
  await client.close()
  writeFileSync(join(root, 'docs/api.md'), apiPage(openApi()))
  writeFileSync(join(root, 'docs/coverage.md'), page)
  const { buildProgram } = await jiti.import('../src/cli/program.ts')
  writeFileSync(join(root, 'docs/cli.md'), cliPage(buildProgram('')))
  writeFileSync(join(root, 'docs/errors.md'), errorsPage(await errorTables(path => jiti.import(path))))
  for (const hole of holes) console.error(hole)
  process.exitCode = holes.length > 0 ? 1 : 0
}
