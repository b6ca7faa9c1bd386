import { z } from 'zod'
import { AppError, asError } from '../../../base/errors.ts'
import { describeIssue } from '../../../protocol/index.ts'

export interface StateSchemaOptions {
  readonly schema: z.ZodType
  /** Name of the definition. */
  readonly name: string
  /** Name of the instance. */
  readonly plugin: string
  readonly migrate?: ((old: unknown) => unknown) | undefined
}

/** Makes JSON of the values of a definition, and values of JSON: what does not fit its schema is neither kept nor given. */
export class StateSchema {
  readonly #options: StateSchemaOptions

  constructor(options: StateSchemaOptions) {
    this.#options = options
  }

  /** What stands for a value that is not there: the default of the schema, or `undefined`. */
  get absent(): unknown {
    return this.#decode(undefined).data
  }

  /**
   * @param key  whose value it is, for people
   * @throws AppError `state.mismatch`  it does not fit, and nothing says what becomes of that; `state.schema`
   */
  read(text: string, key: string): unknown {
    const { name, plugin, migrate } = this.#options
    const old: unknown = JSON.parse(text)
    const read = this.#decode(old)
    if (read.success) return read.data
    const migrated = migrate && this.#decode(this.#migrated(migrate, old, key))
    if (migrated?.success) return migrated.data
    const of = key === '' ? '' : ` of ${key}`
    const what = migrated ? `what migrate makes of '${name}'` : `what is kept as '${name}'`
    throw new AppError(
      `${what}${of} does not fit the schema of plugin ${plugin}: ${describeIssue((migrated ?? read).error!, name)}`,
      {
        code: 'state.mismatch',
        hint: 'Say what becomes of former values, with migrate or the schema’s catch(), or delete the value.',
      },
    )
  }

  /** @throws AppError `state.value` that names the field, `state.schema` */
  write(value: unknown): string {
    if (value instanceof Promise)
      throw this.#refused('it has to be there at once: the function must not be async')
    if (value === undefined)
      throw this.#refused(
        'it is undefined: delete what is to be forgotten; throw in an update to leave it as it is',
      )
    const encoded = this.#with(schema => z.safeEncode(schema, value))
    if (!encoded.success) throw this.#refused(describeIssue(encoded.error, 'it'))
    const text = JSON.stringify(encoded.data) ?? 'null'
    // Better told now than when it is read.
    const back = this.#decode(JSON.parse(text))
    if (back.success) return text
    throw this.#refused(`it does not come back from JSON as it is: ${describeIssue(back.error!, 'it')}`)
  }

  #migrated(migrate: (old: unknown) => unknown, old: unknown, key: string): unknown {
    const { name, plugin } = this.#options
    try {
      return migrate(old)
    } catch (thrown) {
      const cause = asError(thrown)
      throw new AppError(
        `migrate of '${name}' of plugin ${plugin} failed at ${key || 'it'}: ${cause.message}`,
        {
          code: 'state.mismatch',
          cause,
        },
      )
    }
  }

  #decode(value: unknown): {
    readonly success: boolean
    readonly data?: unknown
    readonly error?: z.ZodError
  } {
    return this.#with(schema => z.safeDecode(schema, value as never))
  }

  #with<T>(work: (schema: z.ZodType) => T): T {
    try {
      return work(this.#options.schema)
    } catch (thrown) {
      const cause = asError(thrown)
      const { name, plugin } = this.#options
      throw new AppError(`the schema of '${name}' of plugin ${plugin} cannot be used: ${cause.message}`, {
        code: 'state.schema',
        hint: 'It must work without promises, and both ways: in place of transform() and preprocess(), z.codec().',
        cause,
      })
    }
  }

  #refused(why: string): AppError {
    const { name, plugin } = this.#options
    return new AppError(`'${name}' of plugin ${plugin} is not changed: ${why}`, {
      code: 'state.value',
    })
  }
}
