import { closest } from '../../../base/closest.ts'
import type { Language } from '../../texts/language.ts'
import { localised } from '../../texts/localised.ts'
import { commandTexts } from './command-texts.ts'
import { argumentTypes } from './pattern/argument-types.ts'
import type { Reading } from './pattern/command-pattern.ts'
import type { Mistake } from './pattern/parse-args.ts'

/** Says what is wrong with the call of a command. */
export function explain(mistake: Mistake, language: Language): string {
  const say = commandTexts.in(language)
  switch (mistake.kind) {
    case 'missing':
    case 'noValue':
    case 'twice':
      return say(mistake.kind, { name: mistake.name })
    case 'extra':
      return say('extra', { got: excerpt(mistake.got) })
    case 'unknownOption': {
      const got = excerpt(mistake.got)
      const { guess } = mistake
      return guess === undefined
        ? say('unknownOption', { got })
        : say('unknownOptionGuess', { got, guess: `--${guess}` })
    }
    case 'wrong': {
      const { name, reading } = mistake
      const got = excerpt(mistake.got)
      const what = { name, expected: expectedIn(reading, language), got }
      const guess = reading.choices && closest(mistake.got, reading.choices)
      return guess === undefined ? say('wrong', what) : say('wrongGuess', { ...what, guess })
    }
  }
}

/** What a value has to be: completes "minutes must be …". */
export function expectedIn({ type, choices = [] }: Reading, language: Language): string {
  if (type !== 'choice') return localised(argumentTypes[type].expects, language)!
  return commandTexts.in(language)('oneOf', {
    choices: choices.join(language.startsWith('zh') ? '、' : ', '),
  })
}

const LONGEST_EXCERPT = 40

/** The user's own words in an answer: on one line, and short. */
export function excerpt(text: string): string {
  const letters = [...text.slice(0, 4 * LONGEST_EXCERPT).replace(/[\s\p{Cc}]+/gu, ' ')]
  return letters.length > LONGEST_EXCERPT
    ? `${letters.slice(0, LONGEST_EXCERPT - 1).join('')}…`
    : letters.join('')
}
