import type { GroupTarget, RoomTarget, UserTarget } from '../bot/targets.ts'
import type { Message } from './message.ts'
import type { HandlerContext } from './told.ts'

/** What a command's handler is told. What it returns is the answer in the chat. */
export interface CommandContext<Args> extends HandlerContext {
  readonly args: Args
  readonly message: Message
  /** Who gave the command. */
  readonly user: UserTarget
  /** The group it was given in. */
  readonly group: GroupTarget | undefined
  /** The chat room it was given in. */
  readonly room: RoomTarget | undefined
}

export interface CommandOptions {
  readonly description?: string
  /** Who may give it: users with this role in the bot's file, and its owners. */
  readonly role?: string
}

type Answer = string | undefined | void
export type CommandHandler<Args> = (context: CommandContext<Args>) => Answer | Promise<Answer>
