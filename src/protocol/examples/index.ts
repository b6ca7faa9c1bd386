import { chatroomExamples } from './chatrooms.ts'
import { crosExamples } from './cross.ts'
import { groupExamples } from './groups.ts'
import { messageExamples } from './messages.ts'
import { reportExamples } from './report.ts'
import { settingExamples } from './settings.ts'
import { userExamples } from './users.ts'

/**
 * Samples of requests and answers by `<endpoint id>[.<variant>].<request or response>`.
 *
 * They are those of JMessage's documents, with their slips in the JSON mended; the few that it has none of are made up.
 * What they lack of the answers of this server is filled in.
 */
export const examples: Readonly<Record<string, unknown>> = {
  ...userExamples,
  ...messageExamples,
  ...chatroomExamples,
  ...crosExamples,
  ...settingExamples,
  ...groupExamples,
  ...reportExamples,
}

export interface Example {
  /** Variant, or `default`. */
  readonly name: string
  readonly value: unknown
}

/** The samples of one endpoint's requests, or of its answers. */
export function examplesOf(id: string, kind: 'request' | 'response'): Example[] {
  return Object.entries(examples).flatMap(([key, value]) => {
    if (!key.startsWith(`${id}.`) || !key.endsWith(`.${kind}`)) return []
    const variant = key
      .slice(id.length + 1, -kind.length)
      .split('.')
      .slice(0, -1)
    return variant.length > 1 ? [] : [{ name: variant[0] ?? 'default', value }]
  })
}
