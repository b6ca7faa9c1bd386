import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

/** The words of all apps that look for them. */
export const filteredWords = q(db =>
  db
    .selectFrom('im_app')
    .innerJoin('im_word', 'im_word.app', 'im_app.id')
    .select(['im_word.app as app', 'im_word.word as word'])
    .where('im_app.filters_words', '=', 1),
)

export const countWords = q((db, p: { app: number }) =>
  db
    .selectFrom('im_word')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app),
)
export const pageOfWords = q((db, p: { app: number; start: number; count: number }) =>
  db
    .selectFrom('im_word')
    .select(['word', 'itime'])
    .where('app', '=', p.app)
    .orderBy('id')
    .limit(p.count)
    .offset(p.start),
)
/** A word listed already: 0 rows change. */
export const insertWord = q((db, p: { app: number; word: string; now: number }) =>
  db
    .insertInto('im_word')
    .values({ app: p.app, word: p.word, itime: p.now })
    .onConflict(conflict => conflict.columns(['app', 'word']).doNothing()),
)
export const findWord = q((db, p: { app: number; word: string }) =>
  db.selectFrom('im_word').select('id').where('app', '=', p.app).where('word', '=', p.word),
)
export const replaceWord = q((db, p: { id: number; word: string }) =>
  db.updateTable('im_word').set({ word: p.word }).where('id', '=', p.id),
)
export const deleteWord = q((db, p: { app: number; word: string }) =>
  db.deleteFrom('im_word').where('app', '=', p.app).where('word', '=', p.word),
)
