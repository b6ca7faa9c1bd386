import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf } from './bounds.ts'
import { type Field, fieldsOf, nameOf } from './fields.ts'
import { all, changed } from './request.ts'
import { allSamples, samples } from './samples/index.ts'
import type { Answer } from './town.ts'
import { blames, errorOf, settledOnce, tryoutOnce } from './tryout.ts'

/** Longer than what holds them: the limit of the whole is met first. */
const narrower = (field: Field, what: string) =>
  ['msg_body.text', 'msg_body.label'].includes(nameOf(field)) && what === 'maxBytes 4096'

const limited = (id: (typeof allSamples)[number][1], make: (typeof allSamples)[number][2]) =>
  settledOnce(make).then(({ sample }) =>
    fieldsOf(id, sample).flatMap(field =>
      boundsOf(field)
        .filter(({ what }) => !narrower(field, what))
        .map(bound => ({ field, bound })),
    ),
  )

/** What has the right size can still name what does not exist. */
const isTaken = (answer: Answer, field: Field, status: number) =>
  answer.status === status ||
  answer.status === 403 ||
  (['mediaId', 'old_word', 'word'].includes(nameOf(field)) &&
    !/ \d+ (to|bytes)/.test(errorOf(answer).message ?? ''))

describe('refuses what is one beyond a limit, and names the field:', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const { town, sample } = await settledOnce(make)
    const failures: unknown[] = []
    for (const { field, bound } of await limited(id, make)) {
      const answer = await town.call(id, changed(sample, field.part, field.at, bound.outside))
      if (!blames(answer, id, field)) failures.push([nameOf(field), bound.what, answer.status, answer.body])
    }
    expect(failures).toEqual([])
  })
})

describe('takes what is just within a limit:', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const failures: unknown[] = []
    const bounds = await limited(id, make)
    if (bounds.length === 0) return
    const { attempt } = await tryoutOnce(id, make)
    for (const { field, bound } of bounds) {
      const answer = await attempt(it => changed(it, field.part, field.at, bound.inside))
      if (!isTaken(answer, field, all[id].status))
        failures.push([nameOf(field), bound.what, answer.status, answer.body])
    }
    expect(failures).toEqual([])
  })
})

test('the limits of the documents are among those that are tried', async () => {
  const tried: string[] = []
  for (const [id, make] of Object.entries(samples) as [
    keyof typeof samples,
    (typeof samples)[keyof typeof samples],
  ][])
    for (const { field, bound } of await limited(id, make)) tried.push(`${id} ${nameOf(field)} ${bound.what}`)
  expect(tried).toEqual(
    expect.arrayContaining([
      'users.register body[0].username at most 128 bytes',
      'users.register body[0].password minBytes 4',
      'users.register body[0].nickname maxBytes 64',
      'users.register body[0].signature maxBytes 250',
      'users.register body[0].extras maxBytes 512',
      'users.list count at most 500',
      'users.deleteBatch body maxItems 100',
      'users.password.update new_password maxBytes 128',
      'groups.create name maxBytes 64',
      'groups.create desc maxBytes 250',
      'groups.list count at most 500',
      'friends.add body maxItems 500',
      'friends.update body[0].note_name maxBytes 64',
      'friends.update body[0].others maxBytes 250',
      'cross.users.friends.add users maxItems 500',
      'messages.send msg_body maxBytes 4096',
      'sensitivewords.add body[0] maxChars 10',
      'sensitivewords.add body maxItems 100',
      'sensitivewords.list count at most 2000',
      'chatrooms.create name maxBytes 64',
      'chatrooms.create description maxBytes 250',
      'chatrooms.members.add body maxItems 3000',
      'chatrooms.members.remove body maxItems 3000',
      'report.messages.list count at most 1000',
    ]),
  )
})

test('counts the bytes of any text', async () => {
  const { town, sample } = await settledOnce(samples['users.update'])
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
  )
  await fc.assert(
    fc.asyncProperty(texts, async nickname => {
      const fits = Buffer.byteLength(nickname) <= 64 && !/[\r\n\0]/.test(nickname)
      const { status } = await town.call('users.update', { ...sample, body: { nickname } })
      expect(status).toBe(fits ? 204 : 400)
    }),
    { numRuns: 300 },
  )
})
