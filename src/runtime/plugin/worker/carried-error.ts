import { AppError, asError } from '../../../base/errors.ts'
import {
  ApiError,
  InvalidRequest,
  NotFound,
  RateLimited,
  RetractTooLate,
  ServerFault,
  TransportError,
  Unauthorized,
} from '../../../client/errors.ts'
import { StoreError } from '../../../store/index.ts'
import { DialogueOver } from '../dialogue/dialogue-over.ts'
import { UserError } from '../user-error.ts'
import { PluginInterrupted } from './interrupted.ts'

/** An error on its way between threads, which would else arrive as one of no class. */
export interface CarriedError {
  /** The nearest of the classes that both sides know. */
  readonly kind: string
  readonly message: string
  readonly stack: string | undefined
  /** Plain fields, its name among them. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause?: CarriedError
}

type ErrorClass = abstract new (...args: never[]) => Error

/** What is decided by: whether an error is one of these. */
const classes: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ...[AppError, UserError, DialogueOver, PluginInterrupted, StoreError, TransportError, ApiError].map(named),
  ...[InvalidRequest, NotFound, RateLimited, RetractTooLate, ServerFault, Unauthorized].map(named),
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError].map(named),
])

function named<Class extends ErrorClass>(known: Class): [string, ErrorClass] {
  return [known.name, known]
}

/** Causes of causes are carried so far. */
const DEEPEST_CAUSE = 4
/** Longest text of a field. */
const FIELD_CHARS = 20_000

/** An error, or whatever was thrown, as it is sent. */
export function carry(thrown: unknown, depth = 0): CarriedError {
  const error = errorOf(thrown)
  const fields: Record<string, unknown> = { name: error.name }
  for (const [key, value] of Object.entries(error)) {
    if (key !== 'cause' && isPlain(value)) fields[key] = value
  }
  const cause = error.cause !== undefined && depth < DEEPEST_CAUSE ? carry(error.cause, depth + 1) : undefined
  return {
    kind: kindOf(error),
    message: String(error.message).slice(0, FIELD_CHARS),
    stack: error.stack?.slice(0, FIELD_CHARS),
    fields,
    ...(cause ? { cause } : {}),
  }
}

/** The error that was carried: of the same class, as far as that is one that is known here. */
export function uncarry({ kind, message, stack, fields, cause }: CarriedError): Error {
  const error = new Error(message, cause ? { cause: uncarry(cause) } : undefined)
  Object.setPrototypeOf(error, (classes.get(kind) ?? Error).prototype)
  Object.assign(error, fields)
  if (stack !== undefined) error.stack = stack
  return error
}

/** Some things that can be thrown have no text. */
function errorOf(thrown: unknown): Error {
  try {
    return asError(thrown)
  } catch {
    return new Error('something was thrown that is no error')
  }
}

function kindOf(error: Error): string {
  for (let proto = Object.getPrototypeOf(error); proto; proto = Object.getPrototypeOf(proto)) {
    const { name } = proto.constructor
    if (classes.get(name)?.prototype === proto) return name
  }
  return 'Error'
}

const isPlain = (value: unknown): boolean =>
  value === undefined ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= FIELD_CHARS)
