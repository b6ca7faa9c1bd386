import type { Option } from '../dispatch/command-pattern.ts'
import type { SayCommand } from './command-texts.ts'
import type { CommandContext } from './commanding.ts'

/** Has who gave a command confirm it before it is done. */
export interface Confirming {
  /**
   * Whether it is to be done now. It has said what there is to say when it is not.
   *
   * @param question  what is about to happen
   */
  confirm(context: CommandContext<unknown>, question: string): Promise<boolean>
}

/** With it, a command is confirmed beforehand. */
export const YES: Option = { names: ['yes', '确认'], key: 'yes' }

/** Says what would happen, and how the command is given so that it does: it is to be repeated with `--yes`. */
export const askToRepeat = (say: SayCommand): Confirming => ({
  async confirm({ message }, question) {
    await message.reply(`${question} ${say('repeat')}`)
    return false
  },
})
