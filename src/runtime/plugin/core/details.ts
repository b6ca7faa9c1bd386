import { formatDuration } from '../../../base/duration.ts'
import type { Language } from '../../texts/language.ts'
import { localised } from '../../texts/localised.ts'
import { type Command, nameOf } from '../commands/command.ts'
import { expectedIn } from '../commands/command-mistakes.ts'
import { commandTexts } from '../commands/command-texts.ts'
import { placesIn, quoted } from '../commands/command-words.ts'
import { shownOption, usageOf, usageOfArgument } from '../commands/pattern/usage.ts'

const PER = { person: 'perPerson', conversation: 'perConversation', bot: 'perBot' } as const

/** All there is to say of a command, in lines. */
export function detailsOf(
  command: Command,
  { prefix, language }: { readonly prefix: string; readonly language: Language },
): readonly string[] {
  const say = commandTexts.in(language)
  const { pattern, options, policy, otherNames } = command
  const name = nameOf(command, language)
  const { roles, places, cooldown } = policy
  const also = [pattern.name, ...otherNames].filter(other => other !== name).map(other => prefix + other)
  const effects = localised(options.sideEffects, language)
  const lines: readonly (string | undefined | false)[] = [
    say('usage', { usage: usageOf(pattern, prefix, name) }),
    localised(options.description, language),
    ...pattern.args.map(argument =>
      say('argument', { label: usageOfArgument(argument), expected: expectedIn(argument, language) }),
    ),
    ...pattern.options.map(option => {
      const short = option.short === undefined ? '' : `-${option.short}, `
      const label = `${short}${shownOption(option)}`
      return option.value
        ? say('option', { label, expected: expectedIn(option.value, language) })
        : say('flag', { label })
    }),
    also.length > 0 && say('also', { names: also.join(', ') }),
    roles.length > 0 && say('who', { roles: quoted(roles) }),
    places.length > 0 && say('where', { places: placesIn(say, places) }),
    cooldown &&
      say('limited', {
        uses: cooldown.uses,
        time: formatDuration(cooldown.forMs, language),
        per: say(PER[cooldown.per]),
      }),
    effects && say('effects', { effects }),
    command.reads !== pattern && say('confirmed'),
    ...(options.examples ?? []).map(example => say('example', { example: prefix + example })),
  ]
  return lines.filter(line => typeof line === 'string')
}
