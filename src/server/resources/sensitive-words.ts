import { formatWireTime, WORDS_PER_APP } from '../../protocol/index.ts'
import type { Transaction } from '../../store/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { setFiltersWords, switchesOf } from '../queries/app-queries.ts'
import {
  countWords,
  deleteWord,
  findWord,
  insertWord,
  pageOfWords,
  replaceWord,
} from '../queries/word-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Action = 'add' | 'update' | 'delete' | 'list' | 'status.set' | 'status.get'

/** Words that text messages may not contain, and whether they are looked for. */
export function sensitiveWords(services: Services): Pick<Handlers, `sensitivewords.${Action}`> {
  const { store, clock, words } = services

  /** What is answered holds for messages that come after. */
  const change = async (work: (tx: Transaction) => Promise<void>) => {
    await store.write(async tx => {
      await work(tx)
      await words.changing(tx)
    })
    await words.load()
  }
  const listed = async (tx: Transaction, app: App, word: string) =>
    (await tx.first(findWord, { app: app.id, word }))?.id

  return {
    'sensitivewords.add': ({ app, body }) =>
      change(async tx => {
        for (const word of body) await tx.run(insertWord, { app: app.id, word, now: clock.now() })
        if (((await tx.first(countWords, { app: app.id }))?.total ?? 0) > WORDS_PER_APP)
          throw new Refusal(899003, `body must leave the app with at most ${WORDS_PER_APP} words`)
      }),

    'sensitivewords.update': ({ app, body }) =>
      change(async tx => {
        const id = await listed(tx, app, body.old_word)
        if (id === undefined) throw new Refusal(899003, 'old_word must be on the list')
        if ((await listed(tx, app, body.new_word)) !== undefined)
          throw new Refusal(899003, 'new_word must not be on the list yet')
        await tx.run(replaceWord, { id, word: body.new_word })
      }),

    'sensitivewords.delete': ({ app, body }) =>
      change(async tx => {
        for (const word of Array.isArray(body) ? new Set(body) : [body.word])
          if ((await tx.run(deleteWord, { app: app.id, word })) === 0)
            throw new Refusal(899003, 'word must be on the list')
      }),

    'sensitivewords.list': async ({ app, query }) => {
      const total = (await store.read.first(countWords, { app: app.id }))?.total ?? 0
      const rows = await store.read.all(pageOfWords, { app: app.id, ...query })
      return {
        start: query.start,
        count: rows.length,
        words: rows.map(({ word, itime }) => ({ name: word, itime: formatWireTime(itime) })),
        total,
      }
    },

    'sensitivewords.status.set': ({ app, query }) =>
      change(async tx => void (await tx.run(setFiltersWords, { app: app.id, status: query.status }))),

    'sensitivewords.status.get': async ({ app }) => ({
      status: (await store.read.first(switchesOf, { app: app.id }))?.filters_words ?? 0,
    }),
  }
}
