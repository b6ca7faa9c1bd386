import { change, isAmong, query } from '../../../store/index.ts'
import type { DialogueTable, RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Partners } from './dialogue.ts'

export interface DialogueKey extends Partners {
  readonly bot: string
  readonly plugin: string
}

export const dialogueByKey = query<RuntimeTables>()((db, p: DialogueKey) =>
  db
    .selectFrom('dialogues')
    .selectAll()
    .where('conversation', '=', p.conversation)
    .where('person', '=', p.person)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)

/** Of all that there are, by what they are known. */
export const allDialogues = query<RuntimeTables>()((db, _: object) =>
  db.selectFrom('dialogues').select(['conversation', 'person', 'bot', 'plugin']),
)

/**
 * Of those with some people in some conversations; which of them belong together has to be looked at.
 *
 * @param p.conversations  JSON: a list of them; so `persons`
 */
export const dialoguesAmong = query<RuntimeTables>()((db, p: { conversations: string; persons: string }) =>
  db
    .selectFrom('dialogues')
    .select(['conversation', 'person', 'bot', 'plugin'])
    .where(isAmong(db, 'conversation', p.conversations))
    .where(isAmong(db, 'person', p.persons)),
)

/** How many a bot has, counted up to `limit`. */
export const countOfBot = query<RuntimeTables>()((db, p: { bot: string; limit: number }) =>
  db
    .selectFrom(
      db.selectFrom('dialogues').select('person').where('bot', '=', p.bot).limit(p.limit).as('some'),
    )
    .select(eb => eb.fn.countAll<number>().as('count')),
)

/** Writes one that begins, or takes the place of one that an earlier event began; or the next revision of one. */
export const saveDialogue = query<RuntimeTables>()((db, p: DialogueTable & { former: number }) =>
  db
    .insertInto('dialogues')
    .values({
      conversation: p.conversation,
      person: p.person,
      bot: p.bot,
      plugin: p.plugin,
      event_id: p.event_id,
      log: p.log,
      revision: p.revision,
      expires_at: p.expires_at,
    })
    .onConflict(conflict =>
      conflict
        .columns(['conversation', 'person', 'bot', 'plugin'])
        .doUpdateSet({
          event_id: p.event_id,
          log: p.log,
          revision: p.revision,
          expires_at: p.expires_at,
        })
        .where(eb =>
          eb.or([
            eb('dialogues.event_id', '<', p.event_id),
            eb.and([eb('dialogues.event_id', '=', p.event_id), eb('dialogues.revision', '=', p.former)]),
          ]),
        ),
    ),
)

/** Writes the next revision, and leaves the time it has. */
export const updateDialogue = query<RuntimeTables>()(
  (db, p: DialogueKey & { event_id: string; log: string; former: number; revision: number }) =>
    db
      .updateTable('dialogues')
      .set({ log: p.log, revision: p.revision })
      .where('conversation', '=', p.conversation)
      .where('person', '=', p.person)
      .where('bot', '=', p.bot)
      .where('plugin', '=', p.plugin)
      .where('event_id', '=', p.event_id)
      .where('revision', '=', p.former),
)

const deleteDialogue = query<RuntimeTables>()((db, p: DialogueKey & { event_id: string; revision: number }) =>
  db
    .deleteFrom('dialogues')
    .where('conversation', '=', p.conversation)
    .where('person', '=', p.person)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('event_id', '=', p.event_id)
    .where('revision', '=', p.revision),
)

/** Deletes one, unless it has gone on since. */
export const deletion = (
  key: DialogueKey,
  { event_id, revision }: Pick<DialogueTable, 'event_id' | 'revision'>,
) => change(deleteDialogue, { ...keyOf(key), event_id, revision })

const keyOf = ({ conversation, person, bot, plugin }: DialogueKey): DialogueKey => ({
  ...{ conversation, person, bot, plugin },
})
