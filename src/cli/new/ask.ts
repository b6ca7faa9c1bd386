import { AppError } from '../../base/errors.ts'
import { usage } from '../options.ts'

/** Whether somebody is there to answer. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true

/** Whoever asks ended it. */
const cancelled = () =>
  new AppError('nothing was made', { code: 'cli.cancelled', hint: 'You ended it before all was said.' })

async function answerOf<T>(answer: Promise<T>): Promise<Exclude<T, symbol>> {
  const given = await answer
  if (typeof given === 'symbol') throw cancelled()
  return given as Exclude<T, symbol>
}

/** Asks for a text, unless it was given or nobody is there. @param check  throws what is wrong with it */
export async function askText(
  given: string | undefined,
  {
    message,
    initial,
    check,
    missing,
  }: {
    readonly message: string
    readonly initial?: string
    readonly check: (text: string) => string
    readonly missing: string
  },
): Promise<string> {
  if (given !== undefined) return check(given)
  if (!canAsk()) throw usage(missing)
  const { text } = await import('@clack/prompts')
  const validate = (value: string | undefined) => {
    try {
      check(value || initial || '')
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
  const answer = await answerOf(
    text({
      message,
      validate,
      ...(initial === undefined ? {} : { placeholder: initial, defaultValue: initial }),
    }),
  )
  return check(answer || initial || '')
}

/** Asks for one of several, unless nobody is there. */
export async function askOne<T extends string>(
  message: string,
  options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[],
): Promise<T> {
  const { select } = await import('@clack/prompts')
  return answerOf(select({ message, options: options as never }) as Promise<T | symbol>)
}

/** Asks whether something is to be done. */
export async function askWhether(message: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts')
  return answerOf(confirm({ message }))
}
