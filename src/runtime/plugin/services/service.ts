import { AppError } from '../../../base/errors.ts'

declare const OFFERED: unique symbol

/** Names something that a plugin offers to others, whatever that is. */
export interface AnyService {
  /** By which it is known: files that are loaded twice mean the same. */
  readonly service: string
}

/** Names something of type `T` that a plugin offers to others of its bot. */
export interface Service<T extends object> extends AnyService {
  /** Is never there. */
  readonly [OFFERED]?: (value: T) => T
}

/** What a service is: an object with methods, or a function. */
export type ServiceType<S extends AnyService> = S extends Service<infer T> ? T : never

const NAME = /^[A-Za-z][\w.-]{0,63}$/

/**
 * Declares a service, for those that provide it and those that need it to share.
 *
 * @param name  a letter, then letters, digits, `_`, `.` and `-`, 64 at most
 * @throws AppError `service.name`
 */
export function defineService<T extends object>(name: string): Service<T> {
  if (typeof name === 'string' && NAME.test(name)) return Object.freeze({ service: name })
  throw new AppError(`'${name}' cannot be the name of a service`, {
    code: 'service.name',
    hint: 'It begins with a letter, and has up to 64 letters, digits, _ . -',
  })
}

/** What a plugin does with services: with those alone that it says it needs, wants or provides. */
export interface ServiceAccess<
  Needs extends readonly AnyService[],
  Wants extends readonly AnyService[],
  Provides extends readonly AnyService[],
> {
  /**
   * A service of another plugin of this bot. When that is loaded anew, this one is, too; until then, calls of the former
   * are refused with `service.gone`.
   */
  service<S extends Needs[number]>(service: S): ServiceType<S>
  /** One that need not be there. */
  service<S extends Wants[number]>(service: S): ServiceType<S> | undefined
  /** Offers a service that is among `provides`, to be called once for each before `setup` ends. */
  provide<S extends Provides[number]>(service: S, value: ServiceType<S>): void
}

/** What a plugin says of services. */
export interface ServiceUse {
  readonly needs?: readonly AnyService[] | undefined
  readonly wants?: readonly AnyService[] | undefined
  readonly provides?: readonly AnyService[] | undefined
}
