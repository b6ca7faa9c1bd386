import fc from 'fast-check'
import type { EditValue } from '../../../../src/app/config/edit/index.ts'
import type { FieldPath } from '../../../../src/app/config/index.ts'

/** A YAML text with comments, odd spacing and every way to write a value, and the paths of what is in it. */
export interface Sample {
  readonly text: string
  readonly paths: readonly FieldPath[]
  /** Of maps, to which something can be added. */
  readonly maps: readonly FieldPath[]
}

const key = fc.constantFrom(
  'a',
  'b',
  'c',
  'listen',
  'some-key',
  '_x',
  'ключ',
  '"quoted key"',
  "'it''s'",
  'n1',
)
const nameOf = (written: string): string =>
  written.startsWith('"') ? (JSON.parse(written) as string) : written.startsWith("'") ? "it's" : written

const plain = fc.constantFrom(
  '1',
  'true',
  'word',
  '10s',
  '127.0.0.1:7071',
  'two words',
  '~',
  '3.5',
  "''",
  '""',
)
const quoted = fc.constantFrom(
  "'it''s'",
  '"a\\tb # no comment"',
  `'\${TOKEN:-none}'`,
  '"x: y"',
  "'🚀 {{ a }}'",
)
const inFlow = fc.oneof(plain, quoted)
const inBlock = fc.oneof(inFlow, fc.constantFrom(`\${NAME}`, `\${A:-b c}`, 'a{b}c', "it's"))
const comment = fc.constantFrom('', '', '', ' # why', `   # \${NO} reference: {`)
const line = fc.constantFrom('', '', '', '\n', '# a line\n', '\n# two\n\n', '    # far\n')

type Tree =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'block'; readonly lines: readonly string[]; readonly head: string }
  | { readonly kind: 'flow' | 'map'; readonly entries: readonly (readonly [string, Tree, string, string])[] }
  | { readonly kind: 'flowList' | 'list'; readonly items: readonly (readonly [Tree, string, string])[] }
  | { readonly kind: 'blank' }

const { tree } = fc.letrec<{ flow: Tree; tree: Tree }>(tie => ({
  flow: fc.oneof(
    { maxDepth: 2 },
    inFlow.map((text): Tree => ({ kind: 'scalar', text })),
    fc
      .array(fc.tuple(key, tie('flow'), fc.constant(''), fc.constant('')), { maxLength: 3 })
      .map(entries => ({ kind: 'flow', entries: distinct(entries) }) as Tree),
    fc
      .array(fc.tuple(tie('flow'), fc.constant(''), fc.constant('')), { maxLength: 3 })
      .map(items => ({ kind: 'flowList', items }) as Tree),
  ),
  tree: fc.oneof(
    { maxDepth: 3 },
    inBlock.map((text): Tree => ({ kind: 'scalar', text })),
    tie('flow'),
    fc.constant<Tree>({ kind: 'blank' }),
    fc.record({
      kind: fc.constant('block' as const),
      head: fc.constantFrom('|', '|-', '>', '>-', '|+'),
      lines: fc.array(fc.constantFrom('text', 'more text', '# no comment', 'k: v'), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    fc
      .array(fc.tuple(key, tie('tree'), line, comment), { minLength: 1, maxLength: 4 })
      .map(entries => ({ kind: 'map', entries: distinct(entries) }) as Tree),
    fc
      .array(fc.tuple(tie('tree'), line, comment), { minLength: 1, maxLength: 3 })
      .map(items => ({ kind: 'list', items }) as Tree),
  ),
}))

function distinct<T extends readonly [string, ...unknown[]]>(entries: readonly T[]): T[] {
  const seen = new Set<string>()
  return entries.filter(([name]) => !seen.has(nameOf(name)) && seen.add(nameOf(name)))
}

function write(
  value: Tree,
  indent: string,
  step: string,
  path: FieldPath,
  found: { paths: FieldPath[]; maps: FieldPath[] },
): string {
  const below = (part: string | number): FieldPath => {
    found.paths.push([...path, part])
    return [...path, part]
  }
  if (value.kind === 'flow' || value.kind === 'map') found.maps.push(path)
  switch (value.kind) {
    case 'blank':
      return ''
    case 'scalar':
      return ` ${value.text}`
    case 'block':
      return ` ${value.head}${value.lines.map(text => `\n${indent}${text}`).join('')}`
    case 'flow':
      if (value.entries.length === 0) return ' {}'
      return ` { ${value.entries.map(([name, inner]) => `${name}:${write(inner, '', '', below(nameOf(name)), found)}`).join(', ')} }`
    case 'flowList':
      return ` [${value.items.map(([inner], at) => write(inner, '', '', below(at), found).slice(1)).join(', ')}]`
    case 'map':
      return value.entries
        .map(([name, inner, before, after]) => {
          const text = write(inner, indent + step, step, below(nameOf(name)), found)
          return `\n${before}${indent}${name}:${behind(inner, text, after)}`
        })
        .join('')
    case 'list':
      return value.items
        .map(([inner, before, after], at) => {
          const text = write(inner, `${indent}  `, step, below(at), found)
          return `\n${before}${indent}-${behind(inner, text, after)}`
        })
        .join('')
  }
}

/** With a comment, where one may stand. */
function behind(inner: Tree, text: string, comment: string): string {
  if (inner.kind === 'block') return text
  const isLines = inner.kind === 'map' || inner.kind === 'list'
  return isLines ? comment + text : text + comment
}

/** Files as people write them. */
export const sample: fc.Arbitrary<Sample> = fc
  .record({
    top: fc.array(fc.tuple(key, tree, line, comment), { maxLength: 5 }),
    step: fc.constantFrom('  ', '    '),
    end: fc.constantFrom('\n', '\n', '', '\n\n# the end\n'),
    start: fc.constantFrom('', '# yaml-language-server: $schema=./x.json\n', '---\n'),
    eol: fc.constantFrom('\n', '\n', '\r\n'),
  })
  .map(({ top, step, end, start, eol }) => {
    const found = { paths: [] as FieldPath[], maps: [] as FieldPath[] }
    const body = write({ kind: 'map', entries: distinct(top) }, '', step, [], found).slice(1)
    const text = `${start}${body}${body === '' ? '' : end}`
    return { text: text.replaceAll('\n', eol), ...found }
  })

/** What may be written. */
export const editValue: fc.Arbitrary<EditValue> = fc.letrec<{ value: EditValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constantFrom<EditValue>(
      'word',
      '10s',
      '',
      'yes',
      '1',
      'null',
      ' x ',
      'a: b',
      '# c',
      `\${NAME}`,
      `\${A:-b}`,
      'x # y',
      "it's",
      '"',
      '*a',
      '&a',
      '- x',
      '{',
      '[',
      'two\nlines',
      'two\nlines\n',
      'a\r\nb',
      '\t',
      '\n',
      '  lead\nx',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (Object.is(value, -0) ? 0 : value)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('a', 'b', 'odd key', '1', 'true', ''), fc.string({ maxLength: 8 })),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value

export const newKey = fc.oneof(
  fc.constantFrom('added', 'an odd key', '#x', 'true', '12', 'a: b'),
  fc.string({ minLength: 1, maxLength: 10 }),
)
