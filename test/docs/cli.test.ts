import { expect, test } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { read } from './markdown.ts'

test('docs/cli.md is what `npm run docs` makes of the commands there are', async () => {
  const { cliPage } = await import(new URL('../../scripts/cli-page.mjs', import.meta.url).href)
  expect(read('docs/cli.md')).toBe(cliPage(buildProgram('')))
})
