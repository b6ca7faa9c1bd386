import { closest } from '../../../base/closest.ts'
import { AppError } from '../../../base/errors.ts'
import type { MessageRecord } from '../../../protocol/index.ts'
import type { HandlerContext } from '../context.ts'
import type { DialogueContext } from '../dialogue/asking.ts'
import type { Message } from '../message.ts'
import { type Call, type Command, commandOf } from './command.ts'
import { beginnings, isOnIn, isPlaced, type Said } from './command-policy.ts'
import { CommandRunner, type RunnerDeps } from './command-runner.ts'
import type { CommandHandler, CommandOptions, CommandRules } from './commanding.ts'
import type { CommandPattern } from './pattern/command-pattern.ts'
import { CommandTree } from './pattern/command-tree.ts'
import { afterPrefix, folded } from './pattern/command-word.ts'

export type { Call, Command } from './command.ts'

export interface CommandsDeps extends RunnerDeps {
  /** What the bot's file says of them. */
  readonly rules?: CommandRules | undefined
}

/** What the plugin that every bot has does with what calls no command of it. */
export interface LastResort {
  /** Whether its own command of a word is left to another plugin. */
  yields(word: string): boolean
  wants(message: MessageRecord): boolean
  answer(message: Message, context: HandlerContext): Promise<void>
}

/** The commands of one plugin of one bot, by their names. */
export class Commands {
  /** Set by the plugin that every bot has. */
  lastResort: LastResort | undefined
  readonly #prefix: string
  readonly #rules: CommandRules
  readonly #runner: CommandRunner
  readonly #tree = new CommandTree<Command>()
  readonly #all = new Set<Command>()
  /** How many of them are not everywhere, as the bot's file says. */
  #placed = 0
  /** Names of those that are off everywhere, folded: they are as if they were not there. */
  readonly #off = new Set<string>()

  constructor(deps: CommandsDeps) {
    this.#prefix = deps.manners.prefix
    this.#rules = deps.rules ?? {}
    this.#runner = new CommandRunner(deps, this)
  }

  /** The first words that call them, as {@link commandWord} gives them: also those of aliases and in other languages. */
  get words(): Iterable<string> {
    return this.#tree.words
  }

  has(word: string): boolean {
    return this.#tree.has(word)
  }

  /** Those that are switched off, too. */
  get all(): readonly Command[] {
    return [...this.#all]
  }

  /** @throws AppError `command.twice` when the plugin has a command of this name already, `command.options` */
  add(declared: {
    pattern: string | CommandPattern
    options: CommandOptions
    handler: CommandHandler<never>
  }): () => void {
    const command = commandOf(declared, this.#rules)
    const { pattern, otherNames, policy } = command
    const taken = [pattern.name, ...otherNames].find(name => this.#isTaken(name))
    if (taken !== undefined) {
      throw new AppError(`the command '${folded(taken)}' is there twice`, {
        code: 'command.twice',
        hint: 'Rename one of them.',
      })
    }
    this.#all.add(command)
    const placed = isPlaced(policy) ? 1 : 0
    this.#placed += placed
    const remove =
      policy.rule.enabled === false
        ? this.#putAway(folded(pattern.name))
        : this.#tree.add(pattern.name, otherNames, command)
    return () => {
      remove()
      if (this.#all.delete(command)) this.#placed -= placed
    }
  }

  #putAway(name: string): () => void {
    this.#off.add(name)
    return () => void this.#off.delete(name)
  }

  #isTaken(name: string): boolean {
    return this.#tree.at(name) !== undefined || this.#off.has(folded(name))
  }

  /** @throws AppError `command.unknown` when the bot's file says something of a command that is not there */
  checkRules(plugin: string): void {
    const known = new Set([...this.#all].flatMap(({ pattern: { name } }) => beginnings(name)))
    const wrong = Object.keys(this.#rules).find(name => !known.has(folded(name)))
    if (wrong === undefined) return
    const guess = closest(folded(wrong), known)
    const there =
      guess === undefined ? `There are: ${[...known].join(', ') || 'none'}.` : `Did you mean '${guess}'?`
    throw new AppError(`plugin ${plugin} has no command '${wrong}'`, {
      code: 'command.unknown',
      hint: `plugins.${plugin}.commands in the bot's file names it. ${there}`,
    })
  }

  /** What a text calls, with what follows its name. Costs the same however many commands there are. */
  find(text: string): Call | undefined {
    const rest = this.#all.size === 0 ? undefined : afterPrefix(text, this.#prefix)
    return rest === undefined ? undefined : this.#tree.find(rest)
  }

  /** What stands at a name that is written without the prefix. */
  findNamed(name: string): Call | undefined {
    return this.#tree.find(name)
  }

  /** Whether a message that begins with one of the {@link words} is for them, wherever it was said. */
  get areEverywhere(): boolean {
    return this.#placed === 0 && this.lastResort === undefined
  }

  /** Whether a message is for one of them, where it was said. */
  wants(message: MessageRecord): boolean {
    const { msg_type, msg_body } = message
    if (msg_type !== 'text' || typeof msg_body.text !== 'string') return false
    return this.#called(msg_body.text, message) !== undefined || (this.lastResort?.wants(message) ?? false)
  }

  /** Runs the command that a message calls, and sends its answer. */
  async hear(message: Message, context: DialogueContext): Promise<void> {
    const call = this.#called(message.text, message.record)
    if (call) await this.#runner.run(call, message, context)
    else await this.lastResort?.answer(message, context)
  }

  #called(text: string, said: Said): Call | undefined {
    const call = this.find(text)
    if (!call || this.lastResort?.yields(folded(call.called).split(' ')[0]!)) return undefined
    const { branch } = call
    const isOn = branch.value ? isOnIn(branch.value.policy, said) : isOneOn(branch.all(), said)
    return isOn ? call : undefined
  }
}

function isOneOn(commands: Iterable<Command>, said: Said): boolean {
  for (const { policy } of commands) if (isOnIn(policy, said)) return true
  return false
}
