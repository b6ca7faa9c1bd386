import { closest } from '../../../base/closest.ts'
import type { Language } from '../../texts/language.ts'
import { excerpt } from '../commands/command-mistakes.ts'
import { conversationOf, isOnIn } from '../commands/command-policy.ts'
import { isAmong, MOST_OFF, StoredSwitches } from '../commands/command-switches.ts'
import { commandTexts, type SayCommand } from '../commands/command-texts.ts'
import { pagesOf } from '../commands/pages.ts'
import { afterPrefix, folded } from '../commands/pattern/command-word.ts'
import type { PluginContext } from '../context.ts'
import type { InstanceDeps } from '../deps.ts'
import type { House } from '../household.ts'
import type { Message } from '../message.ts'
import { UserError } from '../user-error.ts'
import { commandsIn, inBoth, type OwnCommand } from './own-commands.ts'

/** What owners switch with, which stays on. */
const OWN = 'commands'
const MOST_PAGES = 3
const OWNERS = { role: 'owner', hidden: false } as const
const PLACES = ['group', 'room'] as const

/** Adds `/commands`, by which owners see and switch what is on in a group or chat room. */
export function addSwitching(ctx: PluginContext, house: House, deps: InstanceDeps): void {
  const { switches } = deps
  if (!(switches instanceof StoredSwitches)) return
  const switching = (language: Language) => new Switching(house, deps, switches, language)
  ctx.command(
    OWN,
    { ...OWNERS, description: inBoth('commandsDescription'), names: { zh: '命令' } },
    async ({ message, language }) => {
      for (const page of await switching(language).list(message)) await message.reply(page)
    },
  )
  ctx.command(
    `${OWN} off <command...>`,
    { ...OWNERS, in: PLACES, description: inBoth('offDescription'), names: { zh: '停用' } },
    ({ args, message, language }) => switching(language).set(message, args.command, false),
  )
  ctx.command(
    `${OWN} on <command...>`,
    { ...OWNERS, in: PLACES, description: inBoth('onDescription'), names: { zh: '启用' } },
    ({ args, message, language }) => switching(language).set(message, args.command, true),
  )
}

/** Switches, and says so in a language. */
class Switching {
  readonly #house: House
  readonly #deps: InstanceDeps
  readonly #switches: StoredSwitches
  readonly #say: SayCommand

  constructor(house: House, deps: InstanceDeps, switches: StoredSwitches, language: Language) {
    this.#house = house
    this.#deps = deps
    this.#switches = switches
    this.#say = commandTexts.in(language)
  }

  /** All commands, each with whether it is on. */
  async list(message: Message): Promise<readonly string[]> {
    const off = message.targetType === 'single' ? [] : await this.#switches.offIn(conversationOf(message))
    const { prefix } = this.#deps.manners
    const lines = commandsIn(this.#house).map(
      ({ command }) => `${prefix}${command.pattern.name}: ${this.#stateOf(command, message, off)}`,
    )
    return pagesOf(lines, MOST_PAGES).pages
  }

  #stateOf({ policy, pattern }: OwnCommand['command'], { record }: Message, off: readonly string[]): string {
    if (policy.rule.enabled === false) return this.#say('isOffInFile')
    if (!isOnIn(policy, record)) return this.#say('isOffHereInFile')
    return this.#say(isAmong(off, pattern.name) ? 'isOffHere' : 'isOn')
  }

  /** Switches a command in the group or chat room of a message; tells what came of it. */
  async set(message: Message, asked: string, isOn: boolean): Promise<string> {
    const { prefix } = this.#deps.manners
    const name = this.#nameOf((afterPrefix(asked, prefix) ?? asked).trim())
    const command = `${prefix}${name}`
    if (name === OWN || name.startsWith(`${OWN} `)) return this.#say('stays', { command })
    if (!(await this.#switches.set(conversationOf(message), folded(name), isOn)))
      return this.#say('tooMany', { count: MOST_OFF })
    if (!isOn) return this.#say('switchedOff', { command })
    const meant = commandsIn(this.#house).filter(({ command: { pattern } }) =>
      isAmong([folded(name)], pattern.name),
    )
    const works = meant.some(({ command: { policy } }) => isOnIn(policy, message.record))
    return this.#say(works ? 'switchedOn' : 'stillOff', { command })
  }

  /** @throws UserError when there is no such command */
  #nameOf(asked: string): string {
    for (const { commands } of this.#house.instances()) {
      const call = commands.findNamed(asked)
      if (call?.rest === '') return call.branch.value?.pattern.name ?? call.branch.path
    }
    const names = commandsIn(this.#house).map(({ command }) => command.pattern.name)
    // Those that are off in the bot's file are known by their names only.
    const known = names.find(name => folded(name) === folded(asked))
    if (known !== undefined) return known
    const guess = closest(folded(asked), names)
    const name = excerpt(asked)
    throw new UserError(
      guess === undefined
        ? this.#say('helpUnknown', { name })
        : this.#say('helpUnknownGuess', { name, guess: `${this.#deps.manners.prefix}${guess}` }),
    )
  }
}
