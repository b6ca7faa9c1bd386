import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { interpolate } from '../../../src/app/config/interpolate.ts'
import { withoutSecrets } from '../../../src/app/config/shown-value.ts'

const env: Record<string, string> = { SET: 'value', EMPTY: '', TRICKY: `\${SET} $\${`, API_TOKEN: 'canary' }
const files: Readonly<Record<string, string>> = { '/home/secret': 'from a file\n' }
const readFile = (path: string): string => {
  const text = files[path]
  if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' })
  return text
}
const read = (text: string) => interpolate(text, { env, readFile, folder: '/home' })

/** `@` in place of the dollar, which is a placeholder to editors. */
const at = (text: string): string => text.replaceAll('@', '$')

describe('a text', () => {
  test.each([
    ['a @{SET} b', 'a value b'],
    ['@{NONE:-other}', 'other'],
    ['@{EMPTY:-other}', 'other'],
    ['@{NONE:-}', ''],
    ['@{NONE:-@{SET}}', 'value'],
    ['@{NONE:-@{EMPTY:-@{NOBODY:-deep}}}/x', 'deep/x'],
    ['@{NONE:-a @{SET} b}', 'a value b'],
    ['@{NONE:-@{file:secret}}', 'from a file'],
    ['@{SET:-@{NONE}}', 'value'],
    ['@{SET:-@{file:nowhere}}', 'value'],
    ['@{NONE:-@@{x}', '@{x'],
    ['@@{SET}', '@{SET}'],
    ['@@@{SET}', '@@{SET}'],
    ['@{TRICKY}', '@{SET} @@{'],
    ['@{file: secret }', 'from a file'],
  ])('%s comes to %s', (text, wanted) => {
    const { text: found, complaints } = read(at(text))
    expect([found, complaints]).toEqual([at(wanted), []])
  })

  test.each([
    ['@{NONE:-@{NOBODY}}', 'needs the environment variable NOBODY, which is not set'],
    ['@{NONE:-@{file:nowhere}}', 'needs the file nowhere, which does not exist'],
    ['@{NONE:-{x}}', 'has a @{ that does not start'],
    ['@{NONE:-@{SET}', 'has a @{ that does not start'],
    [`${'@{A:-'.repeat(9)}x${'}'.repeat(9)}`, 'has a @{ that does not start'],
  ])('%s is refused: %s', (text, complaint) => {
    expect(read(at(text)).complaints[0]!.message).toContain(at(complaint))
  })

  test('without a reference is what it is, and no other takes long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('@{', '@@{', '}', '{', ':-', 'A', 'SET', 'file:', ' ', 'x'), {
          maxLength: 40,
        }),
        pieces => {
          const text = at(pieces.join(''))
          const { text: found, complaints, references } = read(text)
          if (!text.includes(at('@{'))) expect([found, complaints, references]).toEqual([text, [], []])
        },
      ),
    )
    const begun = performance.now()
    read(at('@{A:-'.repeat(100_000)))
    expect(performance.now() - begun).toBeLessThan(2000)
  })
})

test('what is hidden shows its references, and nothing that stands in their defaults', () => {
  const shown = (text: string) => (withoutSecrets({ token: at(text) }) as { token: string }).token
  expect(shown('canary')).toBe('••••')
  expect(shown('@{TOKEN}')).toBe(at('@{TOKEN}'))
  expect(shown('@{TOKEN:-canary}')).toBe(at('@{TOKEN:-••••}'))
  expect(shown('canary-@{A:-@{file:x}canary}')).toBe(at('••••@{A:-@{file:x}••••}'))
})
