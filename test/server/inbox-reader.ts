import { expect, onTestFinished } from 'vitest'
import { APP, type World } from './world.ts'

export interface InboxReader {
  /** The next block; undefined once the stream has ended. */
  next(): Promise<string | undefined>
  /** Name and data of the next block. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape
  named(): Promise<[string, any]>
  /** The data of the next block, which has to be a message. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape
  message(): Promise<any>
  stop(): void
}

/** Reads what a user receives. */
export async function inbox(w: World, username: string, platform = 'j', app = APP): Promise<InboxReader> {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const url = `${w.server.url}/sandbox/apps/${app.appKey}/users/${username}/inbox?platform=${platform}`
  const response = await fetch(url, { signal: stop.signal })
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  /** The next block; undefined once the stream has ended. */
  const next = async (): Promise<string | undefined> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read()
      if (done) return undefined
      text += value
    }
    const [block, ...rest] = text.split('\n\n')
    text = rest.join('\n\n')
    return block
  }
  const named: InboxReader['named'] = async () => {
    const [event, data] = (await next())!.split('\n')
    return [event!.replace('event: ', ''), JSON.parse(data!.replace('data: ', ''))]
  }
  expect(await next()).toBe(': connected')
  const message = async () => {
    const [kind, data] = await named()
    expect(kind).toBe('message')
    return data
  }
  return { next, named, message, stop: () => stop.abort() }
}
