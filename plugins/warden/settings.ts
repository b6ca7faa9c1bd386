import { DurationField, TemplateField, z } from 'beadle'
import { fold } from './fold.ts'

/** What a warning may show. */
const VARIABLES = ['user', 'mute']

const Word = z
  .string('must be a word')
  .trim()
  .max(200, 'must be at most 200 characters')
  .refine(word => fold(word).text !== '', 'must hold a letter that can be seen')

const Places = z
  .union([z.literal('all'), z.array(z.int().positive())], 'must be all, or a list of numbers')
  .default('all')

const Warning = z
  .union([z.literal(false), TemplateField], 'must be a text (a template), or false')
  .superRefine((warning, context) => {
    const unknown = warning === false ? undefined : warning.variables.find(name => !VARIABLES.includes(name))
    if (unknown === undefined) return
    const message = `must show nothing but ${VARIABLES.join(', ')}; there is no ${unknown}`
    context.addIssue({ code: 'custom', message })
  })

const Actions = z.strictObject({
  retract: z.boolean('must be true or false').default(true).describe('Take the message back'),
  warn: Warning.optional().describe(
    'Said where the message was; {{ user }} and {{ mute }} are filled in. Default: a request to mind the rules, in the language there',
  ),
  mute: z
    .union(
      [z.literal(false), DurationField('1s', '365d')],
      'must be a length of time from 1s to 365d, or false',
    )
    .prefault('10m')
    .describe('For how long the author is muted'),
})

export const Settings = z.strictObject({
  words: z
    .array(Word)
    .max(100_000, 'must be at most 100000 words')
    .default([])
    .describe('What nobody may say'),
  actions: Actions.prefault({}),
  groups: Places.describe('Groups it watches; default: all that the bot hears'),
  rooms: Places.describe('Chat rooms it watches; default: all that the bot hears'),
})
export type Settings = z.output<typeof Settings>
