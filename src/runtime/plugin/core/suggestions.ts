import { nearest } from '../../../base/closest.ts'
import type { MessageRecord } from '../../../protocol/index.ts'
import { CORE_PLUGIN } from '../../bot/lift.ts'
import { excerpt } from '../commands/command-mistakes.ts'
import { conversationOf } from '../commands/command-policy.ts'
import { isAmong } from '../commands/command-switches.ts'
import { commandTexts } from '../commands/command-texts.ts'
import type { LastResort } from '../commands/commands.ts'
import { afterPrefix, commandWord } from '../commands/pattern/command-word.ts'
import type { Instance, InstanceDeps } from '../deps.ts'
import type { House, Household } from '../household.ts'
import type { Message } from '../message.ts'
import type { HandlerContext } from '../told.ts'
import { isTaken, isUsable } from './own-commands.ts'

/** The command that was meant, and the bot that says so. */
interface Suggestion {
  readonly bot: string
  readonly word: string
  readonly distance: number
}

/** Shorter words are close to too much. */
const SHORTEST_WORD = 3

/** What was found for a message, so that bots which hear it together look once: by whether they are in the shadow. */
const found = new WeakMap<MessageRecord, Map<boolean, Suggestion | undefined>>()

/**
 * Answers a command that is not there, if one is close to it that the asker may use. Of all bots of the app that hear it
 * one answers, and none if one of them has a command of exactly that word.
 */
export class Suggestions implements LastResort {
  readonly #house: House
  readonly #deps: InstanceDeps

  constructor(house: House, deps: InstanceDeps) {
    this.#house = house
    this.#deps = deps
  }

  yields(word: string): boolean {
    return isTaken(this.#house, word)
  }

  wants(message: MessageRecord): boolean {
    return this.#mine(message) !== undefined
  }

  async answer(message: Message, { language }: HandlerContext): Promise<void> {
    const { manners, switches } = this.#deps
    const word = this.#mine(message.record)
    if (word === undefined) return
    const off =
      message.targetType === 'single' ? [] : ((await switches?.offIn(conversationOf(message))) ?? [])
    const meant = this.#house.instances().flatMap(({ commands }) => commands.findNamed(word)?.branch ?? [])
    const names = meant.map(({ value, path }) => value?.pattern.name ?? path)
    if (names.every(name => isAmong(off, name))) return
    const { prefix } = manners
    const [said = ''] = /^\S*/.exec(afterPrefix(message.text, prefix) ?? '') ?? []
    const command = `${prefix}${excerpt(said)}`
    await message.reply(commandTexts.in(language)('unknown', { command, guess: `${prefix}${word}` }))
  }

  /** The word that this bot is to suggest. */
  #mine(message: MessageRecord): string | undefined {
    const { prefix, help } = this.#deps.manners
    const { text } = message.msg_body
    if (help === false || message.msg_type !== 'text' || typeof text !== 'string') return undefined
    if (commandWord(text, prefix) === undefined || !this.#house.isSettled()) return undefined
    const suggestion = this.#look(message, text)
    return suggestion?.bot === this.#house.id ? suggestion.word : undefined
  }

  #look(message: MessageRecord, text: string): Suggestion | undefined {
    const known = found.get(message) ?? new Map<boolean, Suggestion | undefined>()
    found.set(message, known)
    const { isShadow } = this.#house
    if (!known.has(isShadow)) known.set(isShadow, suggest([...this.#peers(message)], message, text))
    return known.get(isShadow)
  }

  *#peers(message: MessageRecord): Generator<Household> {
    for (const household of this.#house.hearers(message))
      if (coreOf(household)?.deps.house?.isShadow === this.#house.isShadow) yield household
  }
}

const coreOf = ({ hosted }: Household): Instance | undefined => hosted.get(CORE_PLUGIN)?.instance

/** What is closest of all that the bots have; of two that are as close, that of the first bot by name. */
function suggest(peers: readonly Household[], message: MessageRecord, text: string): Suggestion | undefined {
  const called = peers.flatMap(household => {
    const { manners } = coreOf(household)!.deps
    const word = commandWord(text, manners.prefix)
    return word === undefined ? [] : [{ household, word, isSilent: manners.help === false }]
  })
  const isKnown = called.some(({ household, word }) =>
    instancesOf(household).some(({ commands }) => commands.has(word)),
  )
  if (isKnown) return undefined
  let best: Suggestion | undefined
  for (const { household, word, isSilent } of called) {
    const isWord = /^\p{Script=Han}/u.test(word) || (word.length >= SHORTEST_WORD && /^\p{L}/u.test(word))
    const suggestion = isSilent || !isWord ? undefined : nearestIn(household, word, message)
    if (suggestion && (!best || isBetter(suggestion, best))) best = suggestion
  }
  return best
}

const instancesOf = ({ hosted }: Household): readonly Instance[] =>
  [...hosted.values()].map(({ instance }) => instance)

function nearestIn(household: Household, word: string, message: MessageRecord): Suggestion | undefined {
  const instances = instancesOf(household)
  const isMeant = (candidate: string) => instances.some(instance => leads(instance, candidate, message))
  const words = function* () {
    for (const { commands } of instances) yield* commands.words
  }
  const close = nearest(word, words(), isMeant)
  return close && { bot: household.bot.id, word: close.candidate, distance: close.distance }
}

/** Whether a word leads to something that who said it may use. */
function leads(instance: Instance, word: string, message: MessageRecord): boolean {
  for (const command of instance.commands.findNamed(word)?.branch.all() ?? [])
    if (!command.policy.isHidden && isUsable(command, instance, message)) return true
  return false
}

const isBetter = (a: Suggestion, b: Suggestion): boolean =>
  a.distance < b.distance || (a.distance === b.distance && a.bot < b.bot)
