import type { BotSpec } from '../runtime/options.ts'
import { gapsOf } from '../runtime/plugin/define.ts'

/** What the languages of plugins lack that English has, as sentences, each once. What runs says English in its place. */
export const textGaps = (bots: readonly BotSpec[]): readonly string[] => [
  ...new Set(
    bots.flatMap(({ plugins }) =>
      plugins.flatMap(({ definition }) => gapsOf(definition).map(gap => `plugin ${definition.name}: ${gap}`)),
    ),
  ),
]
