import * as fc from 'fast-check'
import { anyDocument, anyDownload, anySandbox, anyUpload } from './others.ts'
import { anyCall, type Sent } from './requests.ts'
import { APPS, type Subject } from './subject.ts'
import { Values } from './values.ts'

/** Anything that is sent to a server: of each kind so much. */
export function anyRequest({ words, downloads }: Subject): fc.Arbitrary<Sent> {
  const values = new Values(words)
  return fc.oneof(
    { weight: 40, arbitrary: anyCall(values, APPS) },
    { weight: 5, arbitrary: anySandbox(values, words) },
    { weight: 2, arbitrary: anyUpload(APPS[0]!) },
    { weight: 2, arbitrary: anyDownload(downloads) },
    { weight: 1, arbitrary: anyDocument },
  )
}

/** What a request asked for on purpose, such as faults, is over with it. */
export async function calm({ server }: Subject, target: string): Promise<void> {
  const send = (method: string, path: string, body: string | null) =>
    server.fetch(new Request(`http://localhost${path}`, { method, body }))
  if (target.includes('/sandbox/faults')) await send('DELETE', '/sandbox/faults', null)
  if (target.includes('/rate-limit'))
    for (const { appKey } of APPS) await send('PUT', `/sandbox/apps/${appKey}/rate-limit`, '{}')
}
