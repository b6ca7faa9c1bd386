import { type Answered, type AppIndex, type Model, refuse } from './state.ts'

/** Words listed already are passed over. */
export function add(model: Model, app: AppIndex, words: readonly string[]): Answered {
  if (words.length === 0 || words.some(isBad)) refuse(899003)
  const list = model.apps[app].words
  for (const word of words) if (!list.has(word)) list.set(word, model.now)
  return { status: 204 }
}

/** The new word stands where the old one stood. */
export function replace(model: Model, app: AppIndex, old_word: string, new_word: string): Answered {
  const { words } = model.apps[app]
  if ([old_word, new_word].some(isBad) || !words.has(old_word) || words.has(new_word)) refuse(899003)
  model.apps[app].words = new Map([...words].map(([word, at]) => [word === old_word ? new_word : word, at]))
  return { status: 204 }
}

export function remove(model: Model, app: AppIndex, words: readonly string[]): Answered {
  const list = model.apps[app].words
  if (words.length === 0 || words.some(isBad) || !words.every(word => list.has(word))) refuse(899003)
  for (const word of words) list.delete(word)
  return { status: 204 }
}

const isBad = (word: string): boolean => word === '' || [...word].length > 10
