import type { News } from './place.ts'

/** PostgreSQL takes notifications of fewer than 8000 bytes. */
const MOST_BYTES = 7900

/** A notification that an event was accepted. */
export const eventNews = (partition: number, id: string): string =>
  JSON.stringify({ kind: 'event', partition, id } satisfies News)

/** Notifications that hold some news, as few as possible. */
export function writeNews(news: readonly News[]): string[] {
  const texts: string[] = []
  let text = ''
  let bytes = 0
  for (const one of news) {
    const line = JSON.stringify(one)
    const size = Buffer.byteLength(line) + 1
    if (text !== '' && bytes + size > MOST_BYTES) {
      texts.push(text)
      text = ''
      bytes = 0
    }
    // What is too long for a notification is found by the next look at what waits.
    if (size > MOST_BYTES) continue
    text += text === '' ? line : `\n${line}`
    bytes += size
  }
  if (text !== '') texts.push(text)
  return texts
}

/** The news of a notification. What cannot be read, such as that of another version, is left out. */
export function readNews(text: string): News[] {
  return text.split('\n').flatMap(line => {
    try {
      return [JSON.parse(line) as News]
    } catch {
      return []
    }
  })
}
