import { attempt } from './attempt.js'
import { code, el, json, table } from './dom.js'
import { about, resolved, tablesOf } from './schema.js'

/** An endpoint of the document, with all that a search looks at. */
export function endpointsOf(document) {
  const found = []
  for (const [path, item] of Object.entries({ ...document.paths, ...document.webhooks })) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation['x-aliasOf']) continue
      const codes = Object.values(operation.responses).flatMap(response => errorsOf(document, response))
      const words = [
        ...[operation.operationId, operation.summary, operation.tags[0], operation.description],
        ...[method, path, JSON.stringify(operation.parameters ?? []), fieldNames(operation.requestBody)],
        ...codes.map(error => error.code),
      ]
      found.push({
        id: operation.operationId,
        section: operation.tags[0],
        path: path.startsWith('/') ? path : 'your callback URL',
        isWebhook: !path.startsWith('/'),
        method: method.toUpperCase(),
        operation,
        errors: codes,
        words: words.join(' ').toLowerCase(),
      })
    }
  }
  return found
}

const fieldNames = body => [...(JSON.stringify(body ?? '').match(/"\w+"/g) ?? [])].join(' ')

function errorsOf(document, response) {
  const { content } = resolved(document, response)
  return Object.values(content?.['application/json']?.examples ?? {})
    .map(example => resolved(document, example))
    .filter(({ value }) => value?.error?.code)
    .map(({ value, summary, description }) => ({ code: value.error.code, summary, description }))
}

/** An endpoint as a part of the page, filled in when it is first opened. */
export function entry(document, endpoint, credentials) {
  const { id, method, path, operation } = endpoint
  const body = el('div', { class: 'body' })
  const element = el(
    'details',
    {
      id,
      class: 'endpoint',
      toggle: () => {
        if (element.open && body.childElementCount === 0)
          body.append(...parts(document, endpoint, credentials))
      },
    },
    el(
      'summary',
      {},
      el('span', { class: `method ${method.toLowerCase()}` }, method),
      el('code', { class: 'path' }, path),
      el('span', { class: 'title' }, operation.summary),
    ),
    body,
  )
  return element
}

function parts(document, endpoint, credentials) {
  const { id, operation, isWebhook } = endpoint
  const { description, parameters = [], requestBody, responses } = operation
  return [
    el('p', { class: 'quiet' }, 'id ', code(id), ' ', el('a', { href: `#${id}` }, 'link')),
    ...(description ?? '')
      .split('\n')
      .filter(Boolean)
      .map(line => el('p', {}, line)),
    ...section(
      'Parameters',
      table(
        ['Name', 'In', 'About'],
        parameters.map(({ name, in: place, required, schema, description }) => [
          nameCell(name, required),
          place,
          about({ ...schema, description }),
        ]),
      ),
    ),
    ...section('Body', ...(requestBody ? content(document, requestBody.content) : [])),
    ...Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([status, response]) => section(`Answer ${status}`, ...answer(document, response))),
    ...section('Errors', ...errorTables(document, responses)),
    ...(isWebhook ? [] : section('Try it', attempt(document, endpoint, credentials))),
  ]
}

/** The errors of this call, and folded away those that any call can have. */
function errorTables(document, responses) {
  const rows = isCommon =>
    Object.entries(responses)
      .filter(([, response]) => (response.$ref !== undefined) === isCommon)
      .flatMap(([status, response]) =>
        errorsOf(document, response).map(error => [
          status,
          code(String(error.code)),
          error.summary,
          error.description,
        ]),
      )
  const heads = ['Status', 'Code', 'Message', 'What to do']
  const common = table(heads, rows(true))
  return [
    table(heads, rows(false)),
    common && el('details', { class: 'sample' }, el('summary', {}, 'Errors of any call'), common),
  ]
}

function answer(document, response) {
  const { content: media, description } = resolved(document, response)
  return media ? content(document, media) : [el('p', {}, description)]
}

const section = (title, ...children) =>
  children.some(Boolean) ? [el('h4', {}, title), ...children.filter(Boolean)] : []

function nameCell(name, required) {
  return el('span', {}, code(name), required ? el('span', { class: 'required' }, ' required') : undefined)
}

/** The fields of a body, and samples of it. */
function content(document, media) {
  return Object.values(media).flatMap(({ schema, examples = {} }) => [
    ...tablesOf(document, schema).flatMap(({ title, rows }) => [
      title && el('h5', {}, rows.length > 0 ? title : `${title}: no more fields`),
      table(
        ['Field', 'Type', 'About'],
        rows.map(({ name, type, required, about }) => [nameCell(name, required), type, about]),
      ),
    ]),
    ...Object.entries(examples).map(([name, { value }]) =>
      el(
        'details',
        { class: 'sample' },
        el('summary', {}, name === 'default' ? 'Example' : `Example: ${name}`),
        json(value),
      ),
    ),
  ])
}
