import { el } from './dom.js'
import { resolved } from './schema.js'

/** A request takes this long at most. */
const PATIENCE_MS = 60_000
/** No more than this of an answer is shown. */
const MOST_SHOWN = 200_000

/** The form that sends a request, and shows what came of it. */
export function attempt(document, endpoint, credentials) {
  const { id, method, operation } = endpoint
  const { parameters = [], requestBody } = operation
  const fields = parameters.map(parameter => field(id, parameter))
  const body = requestBody && bodyField(id, requestBody.content, resolved(document, requestBody))
  const curl = el('code', {})
  const shown = el('div', { class: 'answer', role: 'status' })
  const request = () => requestOf(endpoint, fields, body)
  const refresh = () => {
    curl.textContent = asCurl(method, request())
  }
  const button = el('button', { type: 'submit' }, 'Send')
  const form = el(
    'form',
    {
      input: refresh,
      submit: async event => {
        event.preventDefault()
        button.disabled = true
        shown.replaceChildren(el('p', { class: 'quiet' }, 'Sent …'))
        shown.replaceChildren(...(await outcome(method, request(), credentials())))
        button.disabled = false
      },
    },
    ...fields.map(({ element }) => element),
    body?.element,
    el('details', { class: 'sample' }, el('summary', {}, 'As a command'), el('pre', { tabindex: '0' }, curl)),
    button,
    shown,
  )
  refresh()
  return form
}

/** A parameter to fill in: a choice where there are few values. */
function field(id, { name, in: place, required, schema }) {
  const values = schema.enum ?? (schema.type === 'boolean' ? [true, false] : undefined)
  const key = `${id}-${place}-${name}`
  const input = values
    ? el(
        'select',
        { id: key, required },
        required ? undefined : el('option', { value: '' }, ''),
        ...values.map(value => el('option', {}, String(value))),
      )
    : el('input', {
        id: key,
        required,
        autocomplete: 'off',
        spellcheck: 'false',
        inputmode: schema.type === 'integer' ? 'numeric' : undefined,
      })
  return { name, place, input, element: labelled(key, name, required, input) }
}

function bodyField(id, content, { required }) {
  const key = `${id}-body`
  if (content['multipart/form-data']) {
    const input = el('input', { id: key, type: 'file', required })
    return { input, isFile: true, element: labelled(key, 'File', required, input) }
  }
  const samples = Object.entries(content['application/json'].examples ?? {})
  const pretty = value => JSON.stringify(value, null, 2)
  const input = el('textarea', { id: key, rows: 8, spellcheck: 'false' })
  input.value = samples.length > 0 && required ? pretty(samples[0][1].value) : ''
  const choice =
    samples.length > 1
      ? el(
          'select',
          {
            'aria-label': 'Example',
            input: () => {
              input.value = pretty(samples.find(([name]) => name === choice.value)[1].value)
            },
          },
          ...samples.map(([name]) => el('option', {}, name)),
        )
      : undefined
  return {
    input,
    isFile: false,
    element: labelled(key, 'Body', required, choice, input),
  }
}

function labelled(key, text, required, ...inputs) {
  return el('div', { class: 'field' }, el('label', { for: key }, `${text}${required ? ' *' : ''}`), ...inputs)
}

function requestOf({ path }, fields, body) {
  let filled = path
  const query = new URLSearchParams()
  for (const { name, place, input } of fields) {
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(input.value) || `{${name}}`)
    else if (input.value !== '') query.set(name, input.value)
  }
  return {
    path: query.size > 0 ? `${filled}?${query}` : filled,
    file: body?.isFile ? body.input.files[0] : undefined,
    text: body && !body.isFile && body.input.value.trim() !== '' ? body.input.value : undefined,
  }
}

/** The same for a shell; the secret stays out of it. */
function asCurl(method, { path, file, text }) {
  const quoted = value => `'${value.replaceAll("'", `'\\''`)}'`
  return [
    `curl -u "$APP_KEY:$MASTER_SECRET" -X ${method} ${quoted(location.origin + path)}`,
    ...(text === undefined ? [] : [`-d ${quoted(text)}`]),
    ...(file === undefined ? [] : [`-F ${quoted(`file=@${file.name}`)}`]),
  ].join(' \\\n  ')
}

async function outcome(method, request, { appKey, masterSecret }) {
  const headers = {}
  // As UTF-8: btoa takes bytes only.
  const pair = new TextEncoder().encode(`${appKey}:${masterSecret}`)
  if (appKey || masterSecret) headers.authorization = `Basic ${btoa(String.fromCharCode(...pair))}`
  const options = {
    method,
    headers,
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }
  if (request.file) {
    options.body = new FormData()
    options.body.append('file', request.file)
  } else if (request.text !== undefined) {
    headers['content-type'] = 'application/json'
    options.body = request.text
  }
  const began = performance.now()
  try {
    const response = await fetch(request.path, options)
    const text = await response.text()
    return answered(response, text, Math.round(performance.now() - began))
  } catch (error) {
    return [el('p', { class: 'bad' }, `No answer: ${error.message}`)]
  }
}

function answered(response, text, took) {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  return [
    el(
      'p',
      { class: response.ok ? 'good' : 'bad' },
      el('strong', {}, `${response.status} ${response.statusText}`),
      ` in ${took} ms`,
    ),
    el('pre', { tabindex: '0', 'aria-label': 'Headers' }, el('code', {}, headers)),
    el('pre', { tabindex: '0', 'aria-label': 'Body' }, el('code', {}, shown(text) || 'no body')),
  ]
}

function shown(text) {
  let pretty = text
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // Not JSON, then: as it came.
  }
  return pretty.length > MOST_SHOWN ? `${pretty.slice(0, MOST_SHOWN)}\n… ${pretty.length} characters` : pretty
}
