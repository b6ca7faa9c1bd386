import { closest } from '../../../base/closest.ts'
import { AppError } from '../../../base/errors.ts'
import type { Language } from '../../texts/language.ts'
import { localised } from '../../texts/localised.ts'
import type { CommandContext } from '../context.ts'
import type { DialogueContext } from '../dialogue/asking.ts'
import { extend } from '../handler-context.ts'
import { hasOneOf, type Manners } from '../manners.ts'
import type { Message } from '../message.ts'
import type { StateKeep } from '../state/state-keep.ts'
import { UserError } from '../user-error.ts'
import { type Answer, checkAnswer } from './answer.ts'
import { type Call, type Command, lineOf, nameOf, YES } from './command.ts'
import { excerpt, explain } from './command-mistakes.ts'
import { conversationOf, isOnIn, worksIn } from './command-policy.ts'
import { type CommandSwitches, isAmong, noSwitches } from './command-switches.ts'
import { commandTexts, type SayCommand } from './command-texts.ts'
import { placesIn, rolesIn } from './command-words.ts'
import { Cooldowns } from './cooldowns.ts'
import { pagesOf } from './pages.ts'
import { folded } from './pattern/command-word.ts'
import { parseArgs } from './pattern/parse-args.ts'
import { usageOf } from './pattern/usage.ts'

export interface RunnerDeps {
  readonly manners: Manners
  /** Where cool-downs are kept. None: commands are found here, and run elsewhere. */
  readonly keep?: StateKeep | undefined
  readonly switches?: CommandSwitches | undefined
}

/** How long it is waited for a yes. */
const CONFIRM_MS = 60_000
/** Of a list of sub-commands. */
const MOST_PAGES = 2

/** Runs commands: looks whether they may be given, reads their arguments, and answers what is wrong with a call. */
export class CommandRunner {
  readonly #manners: Manners
  readonly #cooldowns: Cooldowns | undefined
  readonly #switches: CommandSwitches
  readonly #commands: { findNamed(name: string): Call | undefined }

  /** @param commands  all of the plugin */
  constructor(
    { manners, keep, switches = noSwitches }: RunnerDeps,
    commands: { findNamed(name: string): Call | undefined },
  ) {
    this.#manners = manners
    this.#cooldowns = keep && new Cooldowns(keep)
    this.#switches = switches
    this.#commands = commands
  }

  /** Runs what is called and sends the answer. */
  async run(call: Call, message: Message, context: DialogueContext): Promise<void> {
    const command = call.branch.value
    const looked = this.#offHere(message)
    const off = looked instanceof Promise ? await looked : looked
    if (isAmong(off, command?.pattern.name ?? call.branch.path)) return
    if (!command) return this.#answerBranch(call, message, context, off)
    const answer = await this.#answer(command, call, message, context)
    if (answer) await message.answer(answer)
  }

  /** What an owner switched off here. */
  #offHere(message: Message): ReturnType<CommandSwitches['offIn']> {
    return message.targetType === 'single' ? [] : this.#switches.offIn(conversationOf(message))
  }

  async #answer(
    command: Command,
    { branch, rest, called }: Call,
    message: Message,
    context: DialogueContext,
  ): Promise<Answer | undefined> {
    const { handler, reads, pattern } = command
    const { language } = context
    const refusal = this.#refusal(command, message, language)
    if (refusal !== undefined) return refusal
    const say = commandTexts.in(language)
    const { prefix, timezone } = this.#manners
    const parsed = parseArgs(reads, rest, { now: message.sentAt, timezone })
    if (!parsed.ok) {
      const { mistake } = parsed
      const guess = mistake.kind === 'extra' ? closest(folded(mistake.word), branch.words) : undefined
      const problem =
        mistake.kind === 'extra' && guess !== undefined
          ? say('noSubGuess', {
              command: `${prefix}${called} ${excerpt(mistake.word)}`,
              guess: `${prefix}${called} ${guess}`,
            })
          : explain(mistake, language)
      const usage = usageOf(pattern, prefix, nameOf(command, language))
      return `${problem}\n${say('usage', { usage })}`
    }
    const args: Record<string, unknown> = parsed.args
    const isConfirmed = reads !== pattern && args[YES.key] === true
    if (reads !== pattern) delete args[YES.key]
    // Of a message, contexts have who said it where.
    const told = extend(context, { args }) as unknown as CommandContext<never>
    try {
      // One that goes on with an answer was counted when it began.
      const tooSoon = told.isResumed ? undefined : await this.#tooSoon(command, told)
      if (tooSoon) return tooSoon.answer
      if (!isConfirmed && !(await this.#isSure(command, told))) return say('notDone')
      return checkAnswer(await handler(told))
    } catch (error) {
      if (error instanceof UserError) return error.message
      // A refusal that trying again cannot change: who gave the command is the one to know.
      if (error instanceof AppError && error.retry === 'never') return apology(say, error)
      throw error
    }
  }

  /** Why somebody cannot give a command here. */
  #refusal(command: Command, message: Message, language: Language): string | undefined {
    const { policy } = command
    const { prefix } = this.#manners
    const say = commandTexts.in(language)
    if (!hasOneOf(this.#manners, message.sender, policy.roles)) {
      const name = `${prefix}${this.#isFamilyOf(command) ? command.pattern.name.split(' ')[0]! : nameOf(command, language)}`
      return rolesIn(say, name, policy.roles)
    }
    if (worksIn(policy, message.targetType)) return undefined
    const name = `${prefix}${nameOf(command, language)}`
    return say('onlyIn', { command: name, places: placesIn(say, policy.places) })
  }

  /** Whether all commands that begin with its first word are for the same roles. */
  #isFamilyOf({ pattern: { name }, policy }: Command): boolean {
    if (!name.includes(' ')) return false
    const family = this.#commands.findNamed(name.split(' ')[0]!)?.branch.all() ?? []
    return [...family].every(other => String(other.policy.roles) === String(policy.roles))
  }

  async #isSure(
    { options: { confirm, sideEffects } }: Command,
    context: CommandContext<never>,
  ): Promise<boolean> {
    const isAsked = typeof confirm === 'function' ? confirm(context.args) : confirm === true
    if (!isAsked) return true
    const command = excerpt(context.message.text)
    const say = commandTexts.in(context.language)
    const effects = localised(sideEffects, context.language)
    const question = effects === undefined ? say('sure', { command }) : say('itDoes', { command, effects })
    return context.ask.confirm(question, { timeout: CONFIRM_MS })
  }

  /** The answer to a call that comes too soon: one the first time, none later. */
  async #tooSoon(
    { policy: { cooldown }, pattern }: Command,
    { event, message, language }: CommandContext<never>,
  ): Promise<{ readonly answer: string | undefined } | undefined> {
    if (!cooldown || !this.#cooldowns) return undefined
    const { sender: person, sentAt: at } = message
    if (cooldown.exempt.length > 0 && hasOneOf(this.#manners, person, cooldown.exempt)) return undefined
    const call = { command: folded(pattern.name), event: event.id, at, person }
    const verdict = await this.#cooldowns.note({ ...call, conversation: conversationOf(message) }, cooldown)
    if (verdict.isFree) return undefined
    if (!verdict.isFirst) return { answer: undefined }
    const seconds = Math.ceil(verdict.leftMs / 1000)
    const command = `${this.#manners.prefix}${pattern.name}`
    return { answer: commandTexts.in(language)('cooling', { command, seconds }) }
  }

  /** What is there, for who calls several commands by the words that they have in common. */
  async #answerBranch(
    { branch, called, rest }: Call,
    message: Message,
    { language }: DialogueContext,
    off: readonly string[],
  ): Promise<void> {
    const { prefix } = this.#manners
    const say = commandTexts.in(language)
    const all = [...new Set(branch.all())].filter(
      ({ policy, pattern }) => isOnIn(policy, message.record) && !isAmong(off, pattern.name),
    )
    const usable = all.filter(command => this.#refusal(command, message, language) === undefined)
    const [first] = all
    if (usable.length === 0) {
      const refusal = first && this.#refusal(first, message, language)
      if (refusal) await message.reply(refusal)
      return
    }
    const [word = ''] = /^\S*/.exec(rest) ?? []
    const guess = word === '' ? undefined : closest(folded(word), branch.words)
    const command = `${prefix}${called} ${excerpt(word)}`
    const wrong =
      word === ''
        ? []
        : [
            guess === undefined
              ? say('noSub', { command })
              : say('noSubGuess', { command, guess: `${prefix}${called} ${guess}` }),
          ]
    const shown = usable.filter(({ policy }) => !policy.isHidden).map(one => lineOf(one, prefix, language))
    const { pages } = pagesOf([...wrong, say('usages'), ...shown], MOST_PAGES)
    for (const page of pages) await message.reply(page)
  }
}

const apology = (say: SayCommand, { message, hint }: AppError): string =>
  `${say('failed', { problem: message })}${hint ? ` ${hint}` : ''}`
