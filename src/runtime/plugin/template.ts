import { Liquid, type Template as Parsed } from 'liquidjs'
import { z } from 'zod'
import { AppError, asError } from '../../base/errors.ts'

/** Longest template, in characters. */
const TEMPLATE_CHARS = 20_000
/** Longest time a rendering may take, in ms. */
const RENDER_MS = 1000
/** Most that a rendering may create, in characters and items. */
const RENDER_SIZE = 1_000_000

/** Engines by the time zone in which they show dates. */
const engines = new Map<string, Liquid>()

function engineOf(timezone: string): Liquid {
  let engine = engines.get(timezone)
  if (!engine) {
    engine = new Liquid({
      strictVariables: true,
      strictFilters: true,
      ownPropertyOnly: true,
      // What is rendered may come from anybody: it names no files.
      templates: {},
      parseLimit: TEMPLATE_CHARS,
      renderLimit: RENDER_MS,
      memoryLimit: RENDER_SIZE,
      timezoneOffset: timezone,
      outputEscape: shown,
    })
    engines.set(timezone, engine)
  }
  return engine
}

/** Lists and objects are shown as JSON, not as [object Object]. */
const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null && !(value instanceof Date)
    ? JSON.stringify(value)
    : (value as string)

/**
 * A text with places to fill in, in the Liquid language: `{{ service }} is live`. What it can do is bounded, in time
 * and in size, and it reads no files.
 */
export class Template {
  readonly text: string
  /** Names that it expects to be given. */
  readonly variables: readonly string[]
  readonly #parsed: Parsed[]

  private constructor(text: string, parsed: Parsed[], variables: readonly string[]) {
    this.text = text
    this.#parsed = parsed
    this.variables = variables
  }

  /** @throws AppError `template.invalid` that says what is wrong and where */
  static parse(text: string): Template {
    const engine = engineOf('UTC')
    try {
      const parsed = engine.parse(text)
      return new Template(text, parsed, engine.globalVariablesSync(parsed))
    } catch (cause) {
      throw new AppError(`the template is wrong: ${reason(cause)}`, {
        code: 'template.invalid',
        hint: "A template looks like '{{ service }} {{ version }} is live'.",
        cause,
      })
    }
  }

  /**
   * Fills the template in. A variable that is not among `values` is an error; one that is null is shown as nothing.
   *
   * @param timezone  in which dates are shown
   * @throws AppError `template.failed` that says what is wrong and where
   */
  render(values: Readonly<Record<string, unknown>>, timezone = 'UTC'): string {
    try {
      return String(engineOf(timezone).renderSync(this.#parsed, values))
    } catch (cause) {
      throw new AppError(`the template cannot be filled in: ${reason(cause)}`, {
        code: 'template.failed',
        cause,
      })
    }
  }
}

/** A setting that is a template. */
export const TemplateField = z
  .string('must be a text')
  .max(TEMPLATE_CHARS, `must be at most ${TEMPLATE_CHARS} characters`)
  .transform((text, context): Template => {
    try {
      return Template.parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: `must be a template; ${asError(error).message}` })
      return z.NEVER
    }
  })

const reason = (thrown: unknown): string => asError(thrown).message.split('\n')[0]!
