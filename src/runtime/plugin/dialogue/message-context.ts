import { AttemptContext, type ContextParts } from '../handler-context.ts'
import type { Manners } from '../manners.ts'
import type { Ask, DialogueContext } from './asking.ts'
import type { DialogueRun } from './dialogue-run.ts'
import { type AnyAskOptions, Question } from './question.ts'

/** What a handler is given that a message caused. */
export class MessageContext extends AttemptContext implements DialogueContext {
  readonly isResumed: boolean
  readonly #run: DialogueRun
  readonly #manners: Manners

  readonly #parts: ContextParts

  constructor(parts: ContextParts, run: DialogueRun, manners: Manners) {
    super(parts)
    this.#parts = parts
    this.#run = run
    this.#manners = manners
    this.isResumed = run.isResumed
  }

  protected override twin(): MessageContext {
    return new MessageContext(this.#parts, this.#run, this.#manners)
  }

  /** Made when it is asked for. */
  get ask(): Ask {
    const run = this.#run
    const { prefix, timezone } = this.#manners
    const manners = { prefix, timezone, language: this.language }
    const ask = async (question: string, options: AnyAskOptions = {}) =>
      run.ask(new Question(question, options, manners))
    const confirm = async (question: string, options: AnyAskOptions = {}) =>
      run.ask(new Question(question, options, manners, 'confirm'))
    const once = (what: () => unknown) => run.once.run(what)
    // Its types say what a question makes of an answer.
    return Object.assign(ask, { confirm, once }) as unknown as Ask
  }
}
