import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorMeanings } from '../../src/base/error-meanings.ts'
import { errorCodes } from '../../src/protocol/errors.ts'
import { STATUS } from '../../src/runtime/sources/webhook/refusals.ts'
import { copyErrorMeanings } from '../../src/store/copy/copy-error.ts'
import { storeErrorMeanings } from '../../src/store/store-error.ts'
import { read, root } from './markdown.ts'

const groups = {
  ...errorMeanings,
  'The database': storeErrorMeanings,
  'Copies of a database': copyErrorMeanings,
}
const known = Object.values(groups).flatMap(codes => Object.keys(codes))

/** All of src/, but for the table itself. */
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.endsWith('error-meanings.ts'))
  .map(path => read(join('src', path)))
  .join('\n')
const thrown = new Set([...sources.matchAll(/code: '([a-z]+\.[a-z-]+)'/g)].map(([, code]) => code!))

test('docs/errors.md is what `npm run docs` makes of the codes there are', async () => {
  const { errorsPage } = await import(new URL('../../scripts/errors-page.mjs', import.meta.url).href)
  expect(read('docs/errors.md')).toBe(errorsPage({ groups, statuses: STATUS, jmessage: errorCodes }))
})

test('every code that an error is given has its meaning', () => {
  expect(thrown.size).toBeGreaterThan(100)
  expect([...thrown].filter(code => !known.includes(code))).toEqual([])
  expect(Object.keys(STATUS).filter(reason => !known.includes(`webhook.${reason}`))).toEqual([])
})

test('no code has a meaning that nothing is given any more', () => {
  // Made of two parts, where they are thrown.
  const made = [...Object.keys(STATUS).map(reason => `webhook.${reason}`), 'state.key', 'job.key']
  expect(known.filter(code => !made.includes(code) && !sources.includes(`'${code}'`))).toEqual([])
})
