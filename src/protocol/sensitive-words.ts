import { z } from 'zod'
import { hasHalves } from '../base/half-characters.ts'
import { endpoint } from './endpoint.ts'
import { page, Switch } from './fields.ts'

const section = 'Sensitive words'

/** Sensitive words of an app, in all. */
export const WORDS_PER_APP = 100
/** Characters (Unicode code points) of a word. */
export const WORD_CHARACTERS = 10

const Word = z
  .string('must be a word')
  .refine(word => {
    const characters = [...word].length
    return characters >= 1 && characters <= WORD_CHARACTERS
  }, `must be a word of 1 to ${WORD_CHARACTERS} characters`)
  .refine(word => !word.includes('\0'), 'must not contain a NUL character')
  .refine(word => !hasHalves(word), 'must not contain half of a character')
  .meta({ minChars: 1, maxChars: WORD_CHARACTERS })

export const sensitiveWordsAdd = endpoint({
  id: 'sensitivewords.add',
  section,
  title: 'Add sensitive words; those listed already are passed over',
  method: 'POST',
  path: '/v1/sensitiveword',
  body: z
    .array(Word, 'must be an array of words')
    .min(1, 'must hold at least one word')
    .max(WORDS_PER_APP, `must hold at most ${WORDS_PER_APP} words`),
  status: 204,
  errors: [899003],
  notes: `An app has at most ${WORDS_PER_APP} words. Words are told apart by case.`,
})

export const sensitiveWordsUpdate = endpoint({
  id: 'sensitivewords.update',
  section,
  title: 'Replace one sensitive word by another',
  method: 'PUT',
  path: '/v1/sensitiveword',
  body: z.object({ old_word: Word, new_word: Word }),
  status: 204,
  errors: [899003],
})

export const sensitiveWordsDelete = endpoint({
  id: 'sensitivewords.delete',
  section,
  title: 'Delete a sensitive word',
  method: 'DELETE',
  path: '/v1/sensitiveword',
  body: z.union(
    [
      z.object({ word: Word }),
      z.array(Word).min(1).max(WORDS_PER_APP).describe('as the TypeScript client sends it: all or none'),
    ],
    `must be {"word": …}, a word of 1 to ${WORD_CHARACTERS} characters`,
  ),
  status: 204,
  errors: [899003],
})

export const sensitiveWordsList = endpoint({
  id: 'sensitivewords.list',
  section,
  title: 'List the sensitive words, oldest first',
  method: 'GET',
  path: '/v1/sensitiveword',
  query: page(2000, 100),
  status: 200,
  response: z.object({
    start: z.int(),
    count: z.int(),
    words: z.array(z.object({ name: z.string(), itime: z.string().describe('when it was added') })),
    total: z.int(),
  }),
  errors: [899003],
  paged: { by: 'start', items: 'words' },
})

export const sensitiveWordsStatusSet = endpoint({
  id: 'sensitivewords.status.set',
  section,
  title: 'Switch the filter of sensitive words on (status=1) or off (status=0)',
  method: 'PUT',
  path: '/v1/sensitiveword/status',
  query: { status: Switch },
  queryInBody: true,
  status: 204,
  errors: [899003],
  notes: 'Off at first. While it is on, a text message that contains a word is refused: 803009.',
})

export const sensitiveWordsStatusGet = endpoint({
  id: 'sensitivewords.status.get',
  section,
  title: 'Get whether the filter of sensitive words is on',
  method: 'GET',
  path: '/v1/sensitiveword/status',
  status: 200,
  response: z.object({ status: z.int().describe('1 on, 0 off') }),
  errors: [],
})
