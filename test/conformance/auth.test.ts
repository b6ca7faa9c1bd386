import { describe, expect, test } from 'vitest'
import { ofFile } from '../after-file.ts'
import { all, filled, ids } from './request.ts'
import { samples } from './samples/index.ts'
import { foundTown, type Town } from './town.ts'
import { errorOf } from './tryout.ts'

const encoded = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const town = ofFile(foundTown)
/** Nobody looks at it before the caller is known. */
const anything = { params: { username: 'tommy', gid: 1, roomId: 1, msgid: 1 } }

const wrong: readonly (readonly [string, (town: Town) => string | null, number, string])[] = [
  ['without the header', () => null, 899007, 'Missing authen info'],
  ['with an empty header', () => '', 899007, 'Missing authen info'],
  ['with another scheme', ({ masterSecret }) => `Bearer ${masterSecret}`, 899007, 'Missing authen info'],
  ['with a scheme alone', () => 'Basic', 899007, 'Missing authen info'],
  ['with no colon', ({ appKey }) => encoded(appKey), 899008, 'Basic authentication failed'],
  ['with bytes that are no text', () => 'Basic /////w==', 899008, 'Basic authentication failed'],
  ['with a wrong secret', ({ appKey }) => encoded(`${appKey}:secret`), 899008, 'Basic authentication failed'],
  ['with no secret', ({ appKey }) => encoded(`${appKey}:`), 899008, 'Basic authentication failed'],
  [
    'with the secret in capitals',
    ({ appKey, masterSecret }) => encoded(`${appKey}:${masterSecret.toUpperCase()}`),
    899008,
    'Basic authentication failed',
  ],
  [
    'as an unknown app',
    ({ masterSecret }) => encoded(`${'f'.repeat(24)}:${masterSecret}`),
    899009,
    'Appkey not exit',
  ],
]

describe.each(wrong)('refuses a call %s:', (_, header, code, message) => {
  test.each(ids)('%s', async id => {
    const here = await town()
    const authorization = header(here)
    const path = filled(all[id].path, anything.params)
    const answer = await here.call(id, {}, { path, headers: { authorization } })
    expect([answer.status, errorOf(answer)]).toEqual([401, { code, message }])
  })
})

describe('compares the appKey without case, and names the scheme as it likes:', () => {
  test.each(ids)('%s', async id => {
    const here = await foundTown()
    const sample = await samples[id](here)
    const token = Buffer.from(`${here.appKey.toUpperCase()}:${here.masterSecret}`).toString('base64')
    const answer = await here.call(id, sample, { headers: { authorization: `BASIC ${token}` } })
    expect(answer.status).toBe(all[id].status)
  })
})

test('asks for who calls before it looks at what is sent', async () => {
  const here = await town()
  const odd = { path: '/v1/users/x!', headers: { authorization: encoded('x:y') } }
  expect((await here.call('users.get', {}, odd)).status).toBe(401)
})

test('says in no refusal what the secret is, or was said to be', async () => {
  const here = await town()
  for (const secret of [here.masterSecret, 'swordfish'])
    for (const key of [here.appKey, 'nobody']) {
      const headers = { authorization: encoded(`${key}:${secret}`) }
      const { body } = await here.call('users.get', {}, { path: '/v1/users/x!', headers })
      expect(JSON.stringify(body)).not.toContain(secret)
    }
})
