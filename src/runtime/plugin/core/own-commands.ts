import { CORE_PLUGIN } from '../../bot/lift.ts'
import type { Localised } from '../../texts/localised.ts'
import type { Command } from '../commands/command.ts'
import { isOnIn, worksIn } from '../commands/command-policy.ts'
import { isAmong } from '../commands/command-switches.ts'
import { commandTexts } from '../commands/command-texts.ts'
import { folded } from '../commands/pattern/command-word.ts'
import type { Instance } from '../deps.ts'
import type { House } from '../household.ts'
import { hasOneOf } from '../manners.ts'
import type { Message } from '../message.ts'

/** A command of a bot, and its plugin. */
export interface OwnCommand {
  readonly plugin: string
  readonly command: Command
}

/** The plugins of a bot, the one that every bot has at the end. */
export const pluginsIn = (house: House): readonly Instance[] =>
  [...house.instances()].sort((a, b) => Number(isCore(a)) - Number(isCore(b)))

const isCore = ({ deps }: Instance): boolean => deps.name === CORE_PLUGIN

/** Whether another plugin of a bot than the one that every bot has knows a word. */
export const isTaken = (house: House, word: string): boolean =>
  house.instances().some(instance => !isCore(instance) && instance.commands.has(word))

/** All commands of a bot. */
export const commandsIn = (house: House): readonly OwnCommand[] =>
  pluginsIn(house).flatMap(instance =>
    instance.commands.all
      .filter(({ pattern }) => !isCore(instance) || !isTaken(house, folded(pattern.name).split(' ')[0]!))
      .map(command => ({ plugin: instance.deps.name, command })),
  )

/** Whether who said something can give a command where it was said. */
export function isUsable(command: Command, instance: Instance, message: Message['record']): boolean {
  const { policy } = command
  return (
    isOnIn(policy, message) &&
    worksIn(policy, message.target_type) &&
    hasOneOf(instance.deps.manners, message.from_id, policy.roles)
  )
}

/** Whether a command is on where a message was said. */
export const isOnHere = ({ policy, pattern }: Command, message: Message, off: readonly string[]): boolean =>
  isOnIn(policy, message.record) && !isAmong(off, pattern.name)

/** A text in the languages that ship. */
export const inBoth = (
  key: 'helpDescription' | 'commandsDescription' | 'offDescription' | 'onDescription' | 'languageDescription',
): Localised => ({ en: commandTexts.in('en')(key), zh: commandTexts.in('zh')(key) })
