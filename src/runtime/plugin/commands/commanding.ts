import type { Duration } from '../../bot/context.ts'
import type { GroupTarget, RoomTarget, UserTarget } from '../../bot/targets.ts'
import type { Localised, LocalisedNames } from '../../texts/localised.ts'
import type { DialogueContext } from '../dialogue/asking.ts'
import type { Message } from '../message.ts'
import type { Answer } from './answer.ts'

/** What a command's handler is told. What it returns is the answer in the chat. */
export interface CommandContext<Args> extends DialogueContext {
  readonly args: Args
  readonly message: Message
  /** Who gave the command. */
  readonly user: UserTarget
  /** The group it was given in. */
  readonly group: GroupTarget | undefined
  /** The chat room it was given in. */
  readonly room: RoomTarget | undefined
}

/** Where a command can be given. */
export type CommandPlace = 'group' | 'room' | 'direct'

/** How often a command may be given. */
export interface Cooldown {
  /** 1s to 30d. */
  readonly for: Duration
  /** Whose calls are counted together. Default: `person`. */
  readonly per?: 'person' | 'conversation' | 'bot'
  /** So many calls are free within `for`: 1 to 100. Default: 1. */
  readonly uses?: number
  /** Roles for which it does not hold. Default: none, so that it holds for owners, too. */
  readonly exempt?: string | readonly string[]
}

export interface CommandOptions<Args = never> {
  /** What it does, in one line, for `/help`. */
  readonly description?: Localised
  /** Who may give it: users with one of these roles in the bot's file, and its owners. */
  readonly role?: string | readonly string[]
  /** Where it can be given. Default: everywhere. */
  readonly in?: CommandPlace | readonly CommandPlace[]
  /** How often it may be given: `10s` is once in ten seconds for each person. */
  readonly cooldown?: Duration | Cooldown
  /** Whether `/help` and suggestions leave it out. */
  readonly hidden?: boolean
  /** Other names. One of fewer words than the name stands for the last of them. */
  readonly aliases?: readonly string[]
  /** Names in other languages, by language: `{ zh: ['禁言'] }`. All of them call it, and usage shows that of the bot's. */
  readonly names?: LocalisedNames
  /** Calls of it without the prefix, for `/help`: `mute @bob 10m`. */
  readonly examples?: readonly string[]
  /** What it changes, as the rest of a sentence: `mutes a member`. Shown by `/help`, and before it is confirmed. */
  readonly sideEffects?: Localised
  /** Whether who gives it has to confirm it. */
  readonly confirm?: boolean | ((args: Args) => boolean)
}

/** What the file of a bot says of a command, over what the plugin does. */
export interface CommandRule {
  readonly enabled?: boolean | undefined
  /** Groups in which it can be given. */
  readonly groups?: 'all' | 'none' | readonly number[] | undefined
  /** Chat rooms in which it can be given. */
  readonly rooms?: 'all' | 'none' | readonly number[] | undefined
  /** Whether it can be given in a direct chat. */
  readonly direct?: boolean | undefined
  /** In place of the plugin's; an empty list: everybody. */
  readonly role?: string | readonly string[] | undefined
  /** In place of the plugin's; `off`: none. */
  readonly cooldown?: Duration | Cooldown | 'off' | undefined
}

/** By the names of commands; the name of several sub-commands is for all of them. */
export type CommandRules = Readonly<Record<string, CommandRule>>

type Returned = Answer | undefined | void
export type CommandHandler<Args, Extra = unknown> = (
  context: CommandContext<Args> & Extra,
) => Returned | Promise<Returned>
