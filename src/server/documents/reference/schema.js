/** What is behind a `$ref` of a document; anything else is itself. */
export function resolved(document, value) {
  if (value?.$ref === undefined) return value
  const { $ref, ...rest } = value
  const found = $ref
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key], document)
  return { ...resolved(document, found), ...rest }
}

/** The tables that describe a value: one, or one for each of the forms it can have. */
export function tablesOf(document, schema) {
  const whole = resolved(document, schema)
  if (whole.discriminator) return variantTables(document, whole)
  if (whole.anyOf) {
    return whole.anyOf.map((form, index) => ({
      title: index === 0 ? 'Either' : 'Or',
      rows: rowsOf(document, form),
    }))
  }
  return [{ rows: rowsOf(document, schema) }]
}

/** What all variants have in common once, and then what each has for itself. */
function variantTables(document, { oneOf, discriminator: { propertyName } }) {
  const variants = oneOf.map(variant => rowsOf(document, variant))
  const isIn = (rows, row) => rows.some(other => JSON.stringify(other) === JSON.stringify(row))
  const common = variants[0].filter(row => variants.every(rows => isIn(rows, row)))
  const kinds = oneOf.map(variant => resolved(document, variant).properties[propertyName].const)
  const kind = { name: propertyName, type: 'string', required: true, about: `One of ${kinds.join(', ')}.` }
  return [
    { title: 'Always', rows: [kind, ...common] },
    ...kinds.map((value, index) => ({
      title: `${propertyName} ${value}`,
      rows: variants[index].filter(row => row.name !== propertyName && !isIn(common, row)),
    })),
  ]
}

/** A row for the value itself where there is something to say of it, and one for each of its fields. */
function rowsOf(document, schema, name = '', required = true) {
  const value = resolved(document, schema)
  const row = { name: name || 'body', type: typeOf(document, schema), required, about: about(value) }
  const listed = value.oneOf?.[0] ?? value
  const item = listed.items && resolved(document, listed.items)
  const fields = item?.properties ? item : listed.properties ? listed : undefined
  if (!fields) return [row]
  const prefix = item ? `${name}[].` : name ? `${name}.` : ''
  const inner = Object.entries(fields.properties).flatMap(([key, field]) =>
    rowsOf(document, field, prefix + key, fields.required?.includes(key) ?? false),
  )
  if (fields !== listed)
    row.about = [about(listed), about(fields), value.oneOf && value.description].filter(Boolean).join(' ')
  // Of a plain object, its fields say all.
  return name === '' && !item && row.about === '' ? inner : [row, ...inner]
}

function typeOf(document, schema) {
  if (schema.$ref && resolved(document, schema).properties) return schema.$ref.split('/').pop()
  const value = resolved(document, schema)
  const list = value.oneOf?.find(form => form.items) ?? value
  if (list.items) return `${typeOf(document, list.items)}[]`
  const forms = value.anyOf ?? value.oneOf
  if (forms) return [...new Set(forms.map(form => typeOf(document, form)))].join(' or ')
  if (value.type === undefined) return value.enum ? 'integer' : 'any'
  const types = [value.type].flat()
  // An empty array for an empty object, and null for nothing, are courtesies.
  return types.filter(type => type !== 'null' && !(type === 'array' && types.includes('object'))).join(' or ')
}

/** What a value is and may be, as sentences. */
export function about(schema) {
  const said = schema.description === undefined || schema.oneOf ? [] : [sentence(schema.description)]
  return [...said, ...limits(schema).map(sentence)].join(' ')
}

function limits({
  enum: values,
  const: only,
  minimum,
  maximum,
  minItems,
  maxItems,
  pattern,
  default: usual,
  type,
  ...rest
}) {
  const isObject = [type].flat().includes('object')
  const { description, minLength, maxLength } = rest
  const saysLength = rest['x-maxBytes'] !== undefined || /characters/.test(description ?? '')
  return [
    values && !description?.startsWith('0 or 1') ? `one of ${values.join(', ')}` : '',
    only === undefined ? '' : String(only),
    pattern || (minimum === undefined && maximum === undefined) ? '' : range(minimum, maximum),
    isObject || (minItems === undefined && maxItems === undefined)
      ? ''
      : `${range(minItems, maxItems)} items`,
    saysLength || maxLength === undefined ? '' : `${range(minLength, maxLength)} characters`,
    rest['x-refersTo'] === 'user' ? 'a registered user' : '',
    rest['x-refersTo'] === 'app' ? 'an appKey of the same account' : '',
    usual === undefined ? '' : `${JSON.stringify(usual)} if absent`,
  ].filter(text => text !== '')
}

function range(least, most) {
  if (most === undefined || most === Number.MAX_SAFE_INTEGER) return `at least ${least}`
  return least === undefined ? `at most ${most}` : `${least} to ${most}`
}

function sentence(text) {
  // Names stay as they are.
  const whole = /^\w*_/.test(text) ? text : text[0].toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
