import { closest } from '../../../base/closest.ts'
import { CORE_PLUGIN } from '../../bot/lift.ts'
import type { Language } from '../../texts/language.ts'
import { type Command, lineOf } from '../commands/command.ts'
import { excerpt } from '../commands/command-mistakes.ts'
import { conversationOf } from '../commands/command-policy.ts'
import { commandTexts, type SayCommand } from '../commands/command-texts.ts'
import { pagesOf } from '../commands/pages.ts'
import { afterPrefix, folded } from '../commands/pattern/command-word.ts'
import type { PluginContext } from '../context.ts'
import type { InstanceDeps } from '../deps.ts'
import type { House } from '../household.ts'
import type { Message } from '../message.ts'
import { detailsOf } from './details.ts'
import { commandsIn, inBoth, isOnHere, isUsable, type OwnCommand, pluginsIn } from './own-commands.ts'

/** Messages that one call is answered with. */
const MOST_PAGES = 3

/** Adds `/help`, which tells who asks of the commands that they may use where they ask. */
export function addHelp(ctx: PluginContext, house: House, deps: InstanceDeps): void {
  ctx.command(
    'help [command...]',
    { description: inBoth('helpDescription'), names: { zh: '帮助' } },
    async ({ args, message, language }) => {
      const help = new Help(house, deps, language)
      const lines = await help.tell(message, args.command)
      for (const page of help.paged(lines)) await message.reply(page)
    },
  )
}

/** Says what there is, in a language. */
class Help {
  readonly #house: House
  readonly #deps: InstanceDeps
  readonly #language: Language
  readonly #say: SayCommand

  constructor(house: House, deps: InstanceDeps, language: Language) {
    this.#house = house
    this.#deps = deps
    this.#language = language
    this.#say = commandTexts.in(language)
  }

  /** How it is called itself. */
  #call(what: string): string {
    return `${this.#deps.manners.prefix}help ${what}`
  }

  /** Lines as few messages; what does not fit is counted. */
  paged(lines: readonly string[]): readonly string[] {
    const { pages, shown } = pagesOf(lines, MOST_PAGES)
    if (shown === lines.length) return pages
    const fitting = lines.slice(0, shown - 1)
    const count = lines.slice(shown - 1).filter(line => line.startsWith(' ')).length
    const more = this.#say('helpMore', { count, help: this.#call('…') })
    return pagesOf([...fitting, more], MOST_PAGES + 1).pages
  }

  async tell(message: Message, about: string | undefined): Promise<readonly string[]> {
    const off = await this.#off(message)
    const here = commandsIn(this.#house).filter(({ command }) => isOnHere(command, message, off))
    const usable = here.filter(one => this.#isUsable(one, message))
    return about === undefined ? this.#list(usable) : this.#about(about, here, usable)
  }

  async #off(message: Message): Promise<readonly string[]> {
    if (message.targetType === 'single') return []
    return (await this.#deps.switches?.offIn(conversationOf(message))) ?? []
  }

  #isUsable({ plugin, command }: OwnCommand, message: Message): boolean {
    const instance = this.#house.instances().find(({ deps }) => deps.name === plugin)
    return instance !== undefined && isUsable(command, instance, message.record)
  }

  /** The commands by plugin, one a line. */
  #list(usable: readonly OwnCommand[]): readonly string[] {
    const lines = pluginsIn(this.#house).flatMap(({ deps: { name } }) => this.#listOf(name, usable))
    if (lines.length === 0) return [this.#say('helpNone')]
    return [this.#say('helpTitle', { help: this.#call('…') }), ...lines]
  }

  #listOf(plugin: string, usable: readonly OwnCommand[]): readonly string[] {
    const { prefix } = this.#deps.manners
    const own = usable.filter(one => one.plugin === plugin && !one.command.policy.isHidden)
    if (own.length === 0) return []
    const title = plugin === CORE_PLUGIN ? this.#say('besides') : plugin
    return [title, ...own.map(({ command }) => `  ${lineOf(command, prefix, this.#language)}`)]
  }

  #about(asked: string, here: readonly OwnCommand[], usable: readonly OwnCommand[]): readonly string[] {
    const { prefix } = this.#deps.manners
    const language = this.#language
    const name = (afterPrefix(asked, prefix) ?? asked).trim()
    const isVisible = (command: Command) =>
      here.some(one => one.command === command) &&
      (!command.policy.isHidden || usable.some(one => one.command === command))
    const branches = pluginsIn(this.#house).flatMap(({ commands }) => {
      const call = commands.findNamed(name)
      return call?.rest === '' ? [call.branch] : []
    })
    const lines = branches.flatMap(branch => {
      const [own, others] = [branch.value, [...new Set(branch.all())]]
      const below = others.filter(command => command !== own && isVisible(command))
      return [
        ...(own && isVisible(own) ? detailsOf(own, { prefix, language }) : []),
        ...below.map(command => `  ${lineOf(command, prefix, language)}`),
      ]
    })
    if (lines.length > 0) return lines
    const ofPlugin = this.#listOf(name, usable)
    return ofPlugin.length > 0 ? ofPlugin : [this.#unknown(name, usable)]
  }

  #unknown(name: string, usable: readonly OwnCommand[]): string {
    const shown = usable.filter(({ command }) => !command.policy.isHidden)
    const names = shown.flatMap(({ command: { pattern, otherNames } }) => [pattern.name, ...otherNames])
    const guess = closest(folded(name), names)
    const asked = excerpt(name)
    return guess === undefined
      ? this.#say('helpUnknown', { name: asked })
      : this.#say('helpUnknownGuess', { name: asked, guess: this.#call(guess) })
  }
}
