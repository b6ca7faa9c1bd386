import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../../../src/base/clock.ts'
import { MOST_OPEN } from '../../../../src/runtime/plugin/dialogue/dialogue.ts'
import { type DialogueKey, saveDialogue } from '../../../../src/runtime/plugin/dialogue/dialogue-rows.ts'
import { OpenDialogues } from '../../../../src/runtime/plugin/dialogue/open-dialogues.ts'
import { change } from '../../../../src/store/index.ts'
import { runtimeStore } from '../../../engine.ts'

const few = (name: string) => fc.constantFrom(`${name}1`, `${name}2`)
const anyKey: fc.Arbitrary<DialogueKey> = fc.record({
  conversation: few('c'),
  person: few('p'),
  bot: few('b'),
  plugin: few('x'),
})
const textOf = ({ conversation, person, bot, plugin }: DialogueKey) =>
  [conversation, person, bot, plugin].join()

test('what is known in one process, and what is looked up in a fleet, are the dialogues that there are', async () => {
  const store = await runtimeStore()
  const clock = new ManualClock()
  const alone = new OpenDialogues({ store, clock, isShared: false })
  const shared = new OpenDialogues({ store, clock, isShared: true })
  const open = new Set<string>()
  await fc.assert(
    fc.asyncProperty(anyKey, fc.boolean(), fc.array(anyKey, { maxLength: 3 }), async (key, isOpen, asked) => {
      const row = { ...key, event_id: 'e', log: '{}', revision: 1, expires_at: 1, former: 1 }
      if (isOpen) {
        alone.add(key)
        open.add(textOf(key))
        await store.apply(change(saveDialogue, row))
      } else {
        alone.remove(key)
        open.delete(textOf(key))
        const { conversation, person, bot, plugin } = key
        await store.write(tx =>
          tx.execute(
            store.db
              .deleteFrom('dialogues')
              .where('conversation', '=', conversation)
              .where('person', '=', person)
              .where('bot', '=', bot)
              .where('plugin', '=', plugin),
          ),
        )
      }
      const isAsked = (text: string) =>
        asked.some(({ conversation, person }) => text.startsWith(`${conversation},${person},`))
      const expected = [...open].filter(isAsked).sort()
      expect([...new Set((await shared.among(asked))!.map(textOf))].sort()).toEqual(expected)
      expect([...new Set(((await alone.among(asked)) ?? []).map(textOf))].sort()).toEqual(expected)
      for (const one of asked) expect(alone.mayHave(one)).toBe(open.has(textOf(one)))
    }),
  )
  const learnt = new OpenDialogues({ store, clock, isShared: false })
  await learnt.load()
  for (const text of open) {
    const [conversation = '', person = '', bot = '', plugin = ''] = text.split(',')
    expect(learnt.mayHave({ conversation, person, bot, plugin })).toBe(true)
  }
})

test('a bot has so many dialogues at most, and others are not kept from theirs', async () => {
  const open = new OpenDialogues({ store: await runtimeStore(), clock: new ManualClock(), isShared: false })
  const key = (n: number) => ({ conversation: `c${n}`, person: 'p', bot: 'b', plugin: 'x' })
  for (let n = 1; n < MOST_OPEN; n++) open.add(key(n))
  expect(await open.isFull('b')).toBe(false)
  open.add(key(MOST_OPEN))
  expect(await open.isFull('b')).toBe(true)
  expect(await open.isFull('other')).toBe(false)
  open.remove(key(7))
  expect(await open.isFull('b')).toBe(false)
})
