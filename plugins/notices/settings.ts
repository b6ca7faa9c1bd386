import { CronField, fitsMessage, MissedRule, TargetsField, TemplateField, ZoneField, z } from 'beadle'

/** What the text of a notice may show. */
const VARIABLES = ['now']

/** Something that is said at set times. */
const Notice = z
  .strictObject({
    cron: CronField.describe('When, as in 0 9 * * 1-5: at nine on weekdays'),
    timezone: ZoneField.optional().describe("Zone of the times; default: that of the bot's file"),
    missed: MissedRule.optional(),
    to: TargetsField.describe('Where it is sent'),
    text: TemplateField.optional().describe("Text; {{ now | date: '%H:%M' }} shows the time"),
    image: z.string().min(1, 'must be a path or URL').optional().describe('Picture: a path or URL'),
  })
  .superRefine(({ text, image }, context) => {
    const refuse = (message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path })
    if (text === undefined && image === undefined) return refuse('must have a text or an image')
    const unknown = text?.variables.find(name => !VARIABLES.includes(name))
    if (unknown !== undefined)
      return refuse(`must show nothing but ${VARIABLES.join(', ')}; there is no ${unknown}`, ['text'])
    try {
      const shown = text?.render({ now: new Date(0) })
      if (shown?.trim() === '') refuse('must not be empty', ['text'])
      else if (shown !== undefined && !fitsMessage(shown))
        refuse('must fit into a message (4096 bytes)', ['text'])
    } catch (error) {
      refuse(`must be a template; ${(error as Error).message}`, ['text'])
    }
  })
export type Notice = z.output<typeof Notice>

const NoticeName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 characters of a-z, A-Z, 0-9, _ and -')

export const Settings = z.strictObject({
  notices: z.record(NoticeName, Notice).describe('Notices by their names'),
})
