import { AppError } from '../../base/errors.ts'
import { type CommandPattern, parseArgs } from '../dispatch/command-pattern.ts'
import { folded } from '../dispatch/command-word.ts'
import type { CommandHandler, CommandOptions, HandlerContext } from './context.ts'
import { extend } from './handler-context.ts'
import type { Manners } from './manners.ts'
import type { Message } from './message.ts'
import { UserError } from './user-error.ts'

/** A command that a plugin added. */
export interface Command {
  readonly pattern: CommandPattern
  readonly options: CommandOptions
  readonly handler: CommandHandler<never>
}

/** The commands of one plugin of one bot, by their names. */
export class Commands {
  readonly #prefix: string
  readonly #hasRole: (username: string, role: string) => boolean
  readonly #byName = new Map<string, Command>()

  constructor({ prefix }: Pick<Manners, 'prefix'>, hasRole: (username: string, role: string) => boolean) {
    this.#prefix = prefix
    this.#hasRole = hasRole
  }

  /** The words that call them, as {@link commandWord} gives them. */
  get words(): Iterable<string> {
    return this.#byName.keys()
  }

  get all(): readonly Command[] {
    return [...this.#byName.values()]
  }

  /** @throws AppError `command.twice` when the plugin has a command of this name already */
  add(command: Command): () => void {
    const name = folded(command.pattern.name)
    if (this.#byName.has(name)) {
      throw new AppError(`the command '${name}' is there twice`, {
        code: 'command.twice',
        hint: 'Rename one of them.',
      })
    }
    this.#byName.set(name, command)
    return () => this.#byName.delete(name)
  }

  /** The command that a text calls, with what follows its name. Costs the same however many commands there are. */
  find(text: string): { readonly command: Command; readonly input: string } | undefined {
    if (this.#byName.size === 0 || !text.startsWith(this.#prefix)) return undefined
    const [, name = '', input = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.slice(this.#prefix.length)) ?? []
    const command = this.#byName.get(folded(name))
    return command && { command, input }
  }

  /** Runs a command and sends its answer. */
  async run(
    { command, input }: { command: Command; input: string },
    message: Message,
    context: HandlerContext,
  ) {
    const answer = await this.#answer(command, input, message, context)
    if (answer) await message.reply(answer)
  }

  async #answer(
    command: Command,
    input: string,
    message: Message,
    context: HandlerContext,
  ): Promise<string | undefined> {
    const { pattern, options, handler } = command
    if (options.role !== undefined && !this.#hasRole(message.sender, options.role)) {
      return `${this.#prefix}${pattern.name} is for the role '${options.role}'.`
    }
    const parsed = parseArgs(pattern, input, this.#prefix)
    if (!parsed.ok) return `${parsed.message}\nUsage: ${parsed.usage}`
    const { user, group, room } = message
    try {
      return (
        (await handler(extend(context, { args: parsed.args as never, message, user, group, room }))) ??
        undefined
      )
    } catch (error) {
      if (error instanceof UserError) return error.message
      // A refusal that trying again cannot change: who gave the command is the one to know.
      if (error instanceof AppError && error.retry === 'never') return apology(error)
      throw error
    }
  }
}

const apology = ({ message, hint }: AppError): string =>
  `That did not work: ${message}.${hint ? ` ${hint}` : ''}`
