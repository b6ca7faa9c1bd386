// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of YAML files are under test
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readYaml } from '../../../src/app/config/index.ts'
import { folderWith, written } from './files.ts'

const read = (text: string, env: Record<string, string> = {}, files: Record<string, string> = {}) =>
  readYaml('config.yaml', {
    env,
    readFile(path) {
      if (path === 'config.yaml') return text
      const found = files[path]
      if (found === undefined) throw Object.assign(new Error(), { code: 'ENOENT' })
      return found
    },
  })

describe('references', () => {
  const env = {
    NAME: 'herald',
    EMPTY: '',
    PORT: '7071',
    YES: 'true',
    MAP: '{ a: 1 }',
    NESTED: '${NAME}',
    PAD: ' 5 ',
  }

  test.each([
    ['a: ${NAME}', 'herald'],
    ['a: ${PORT}', 7071],
    ['a: ${YES}', true],
    ['a: ${PAD}', 5],
    ['a: ${EMPTY}', null],
    ['a: "${PORT}"', '7071'],
    ["a: '${PORT}'", '7071'],
    ['a: "${EMPTY}"', ''],
    ['a: ${PORT}${PORT}', '70717071'],
    ['a: x${PORT}', 'x7071'],
    ['a: ${NONE:-5}', 5],
    ['a: ${NONE:-}', null],
    ['a: ${EMPTY:-127.0.0.1:7071} # why', '127.0.0.1:7071'],
    ['a: ${NAME:-other}', 'herald'],
    ['a: ${MAP}', '{ a: 1 }'],
    ['a: ${NESTED}', '${NAME}'],
    ['a: $${NAME}', '${NAME}'],
    ['a: $$${NAME}', '$${NAME}'],
    ['a: costs $5 {x}', 'costs $5 {x}'],
    ['a: |\n  Hi ${NAME}\n', 'Hi herald\n'],
    ['a: ["${NAME}"]', ['herald']],
  ])('%j is read as %j', (text, value) => {
    const file = read(text, env)
    expect(written(file.problems)).toEqual([])
    expect(file.value).toEqual({ a: value })
  })

  test('keys are left alone', () => {
    expect(read('${NAME}: 1', env).value).toEqual({ '${NAME}': 1 })
  })

  test('the content of a file is trimmed', () => {
    const file = read('a: ${file:/run/secrets/key}', {}, { '/run/secrets/key': ' abc\n' })
    expect(file.value).toEqual({ a: 'abc' })
  })

  test('a file is looked for from the folder of the file that names it', () => {
    const folder = folderWith({ 'config.yaml': 'a: ${file:./key.txt}', 'key.txt': 'abc\n' })
    expect(readYaml(join(folder, 'config.yaml'), { env: {} }).value).toEqual({ a: 'abc' })
  })

  test.each([
    [
      'a: ${NONE}',
      'config.yaml:1:4  a: needs the environment variable NONE, which is not set\n  hint: set NONE, or write a default: ${NONE:-…}',
    ],
    [
      'b: 1\na:\n  - x ${file:/nope}',
      'config.yaml:3:5  a[0]: needs the file /nope, which does not exist\n  hint: the path is relative to the folder of this file',
    ],
    [
      'a: ${not a name}',
      'config.yaml:1:4  a: has a ${ that does not start ${NAME}, ${NAME:-default} or ${file:/path}\n  hint: write $${ for a plain ${',
    ],
    [
      'a: ${open',
      'config.yaml:1:4  a: has a ${ that does not start ${NAME}, ${NAME:-default} or ${file:/path}\n  hint: write $${ for a plain ${',
    ],
  ])('%j is refused', (text, problem) => {
    expect(written(read(text).problems)).toEqual([problem])
  })

  test('values from files and from variables with secret names are secret, others are not', () => {
    const file = read(
      'a: ${file:/x}\nb: "${MY_TOKEN}"\nc: ${NAME}\nd: 1',
      { ...env, MY_TOKEN: 't' },
      { '/x': 'x' },
    )
    expect(['a', 'b', 'c', 'd'].map(name => file.isSecret([name]))).toEqual([true, true, false, false])
    expect(file.isSecret(['d', 'masterSecret'])).toBe(true)
  })
})

describe('positions', () => {
  const file = read('a: 1\nb:\n  c:\n    - x\n    - y: &y { z: 2 }\nempty:\nagain: *y\n')

  test.each([
    [['a'], 1, 4],
    [['b', 'c', 0], 4, 7],
    [['b', 'c', 1, 'y', 'z'], 5, 18],
    [['again', 'z'], 5, 18],
    [['empty'], 6, 1],
    [['b', 'missing'], 2, 1],
    [['b', 'c', 7], 3, 3],
    [['b', 'missing', 'deeper'], 2, 1],
    [['missing'], 1, 1],
    [[], 1, 1],
  ])('the value at %j is found', (path, line, column) => {
    expect(file.positionOf(path)).toEqual({ line, column })
  })

  test('the key of a value has its own', () => {
    expect(file.keyPositionOf(['b', 'c'])).toEqual({ line: 3, column: 3 })
  })

  test('lines that end with CR LF count once', () => {
    expect(read('a: 1\r\nb: 2\r\n').positionOf(['b'])).toEqual({ line: 2, column: 4 })
  })
})

describe('what is not right', () => {
  test.each([
    ['a: [1', 'config.yaml:1:6  the indentation is not right, or a bracket is not closed'],
    ['a:\n\t- b', 'config.yaml:2:1  a tab is used as indentation\n  hint: indent with spaces'],
    ['a: "x', 'config.yaml:1:6  a quote, bracket, comma or colon is missing'],
    [
      'a: :memory:',
      'config.yaml:1:4  a second "key:" on one line\n  hint: put a value that contains a colon in quotes',
    ],
    ['a: @x', 'config.yaml:1:4  a value cannot start with this character\n  hint: put the value in quotes'],
    [
      'a: { b: ${X} }',
      'config.yaml:1:10  something is not expected here\n  hint: inside [ ] and { } write "${…}" in quotes',
    ],
    ['a: 1\n---\nb: 2', 'config.yaml:2:1  a second document starts here\n  hint: take the --- away'],
    ['{ a: b }: c', 'config.yaml:1:1  a key has to be a plain text'],
    [
      'a: !secret b',
      'config.yaml:1:4  a value that starts with ! is not understood\n  hint: put the value in quotes if the character belongs to it',
    ],
    [
      'a: 1\nb:\n  c: 1\n  c: 2',
      'config.yaml:4:3  b.c: is given on line 3 already\n  hint: keep one of them',
    ],
    [
      'a: *gone',
      'config.yaml:1:4  a: starts with *, but no anchor (&) of that name comes before it\n  hint: put the value in quotes if the * belongs to it',
    ],
    [
      'a: &a [*a]',
      'config.yaml:1:8  a[0]: refers to something that it is a part of\n  hint: put the value in quotes if the * belongs to it',
    ],
  ])('%j is told', (text, problem) => {
    expect(written(read(text).problems)).toEqual([problem])
  })

  test('anchors that multiply are refused', () => {
    const laughs = ['a0: &a0 [x, x]']
    for (let i = 1; i < 12; i++)
      laughs.push(
        `a${i}: &a${i} [${Array(8)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    const file = read(laughs.join('\n'))
    expect(file.broken).toBe(true)
    expect(file.problems[0]?.message).toBe('uses anchors (&name, *name) more than 100 times')
  })

  test.each(['[', '{a: ', '- ', '? ', '{? '])('very deep nesting of %j is refused', opening => {
    const [problem] = read(opening.repeat(100_000)).problems
    expect(problem?.message).toBe('is nested deeper than 64 levels')
  })

  test('a file longer than 1 MiB is refused', () => {
    const folder = folderWith({ 'config.yaml': `# ${'x'.repeat(1024 * 1024)}` })
    expect(readYaml(join(folder, 'config.yaml'), { env: {} }).problems[0]?.message).toBe(
      'is longer than 1 MiB',
    )
  })

  test('an endless file is refused', () => {
    expect(readYaml('/dev/zero', { env: {} }).problems[0]?.message).toBe('is longer than 1 MiB')
  })

  test('a file that is not UTF-8 is refused', () => {
    const folder = folderWith({ 'config.yaml': Buffer.from('a: ä', 'latin1') })
    const { problems } = readYaml(join(folder, 'config.yaml'), { env: {} })
    expect(problems[0]?.message).toBe('is not text in UTF-8')
  })
})

test('a plain number remembers how it was written', () => {
  const file = read('a: 007\nb: "007"\nc: ${N}', { N: '000000000000000000000001' })
  expect(['a', 'b', 'c'].map(name => file.textAt([name]))).toEqual([
    '007',
    undefined,
    '000000000000000000000001',
  ])
})
