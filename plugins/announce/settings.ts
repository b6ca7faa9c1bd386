import {
  DurationField,
  fitsMessage,
  TargetsField,
  TemplateField,
  WebhookAuth,
  WebhookDedupe,
  z,
} from 'beadle'

/** A webhook, and the post that a call of it becomes. */
const Hook = z
  .strictObject({
    auth: WebhookAuth.describe('How callers prove who they are'),
    dedupe: WebhookDedupe.optional(),
    to: TargetsField.describe('Where the post goes'),
    template: TemplateField.describe('Text of the post; the body of the call fills it in'),
    optional: z.array(z.string()).default([]).describe('Variables of the template that a call may leave out'),
    // Later than this the window in which JMessage retracts may be over.
    retractAfter: DurationField('1s', '2m50s')
      .optional()
      .describe('How long after the call the post retracts itself'),
  })
  .superRefine(({ template, optional }, context) => {
    for (const [index, name] of optional.entries()) {
      if (template.variables.includes(name)) continue
      const known = template.variables.join(', ') || 'none'
      const message = `must be a variable of the template; it has ${known}`
      context.addIssue({ code: 'custom', message, path: ['optional', index] })
    }
  })
export type Hook = z.output<typeof Hook>

/** The webhook that takes announcements back. */
export const UNDO = 'undo'

const HookName = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 characters of a-z, 0-9 and -')
  .refine(name => name !== UNDO, `must not be ${UNDO}: that one takes announcements back`)

export const Settings = z.strictObject({
  hooks: z.record(HookName, Hook).describe('Webhooks by their names: POST /hooks/{bot}/announce/{name}'),
  undo: z
    .strictObject({ auth: WebhookAuth })
    .optional()
    .describe('POST /hooks/{bot}/announce/undo takes an announcement back; absent: no such webhook'),
})

/**
 * What the body of a call has to be: every variable of the template, but for the optional ones. It becomes the text of
 * the post here and now, so that a body that makes none is refused with its field, and not after it was taken.
 */
export const bodyOf = ({ template, optional }: Hook) =>
  z.record(z.string(), z.unknown(), 'must be a JSON object').transform((body, context): string => {
    const refuse = (message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path })
    const values: Record<string, unknown> = {}
    let complete = true
    for (const name of template.variables) {
      const value = Object.hasOwn(body, name) ? (body[name] ?? null) : null
      values[name] = value
      if (value !== null || optional.includes(name)) continue
      complete = false
      refuse('is required: the template shows it', [name])
    }
    if (!complete) return z.NEVER
    try {
      const text = template.render(values).trim()
      if (text === '') refuse('must make a text, but with it the template is empty')
      else if (!fitsMessage(text)) refuse('must make a text that fits into a message (4096 bytes)')
      return text
    } catch (error) {
      refuse(`must fill in the template; ${(error as Error).message}`)
      return z.NEVER
    }
  })
