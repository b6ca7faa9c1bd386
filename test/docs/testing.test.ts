import { expect, test } from 'vitest'
import { fencesOf, read } from './markdown.ts'
import { runExample } from './run-example.ts'

const examples = fencesOf(read('docs/testing.md')).filter(({ language }) => language === 'ts')

test('the page on testing has examples', () => expect(examples.length).toBeGreaterThan(4))

test.each(examples)('the example at line $line of the page on testing passes', async ({ code }) => {
  expect(await runExample(code)).toBe(1)
})
