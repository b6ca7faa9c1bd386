/** A stand-in for a service, until it is taken back. */
export interface Revocable {
  readonly stand: object
  revoke(): void
}

type Method = (...args: unknown[]) => unknown

/**
 * Makes a stand-in for an object or a function: all that is done with it is done with that, until it is revoked; then it is
 * refused. So is a method that was taken from it before.
 *
 * @param gone  the error of whoever calls it then
 */
export function revocable(value: object, gone: () => Error): Revocable {
  let isGone = false
  const demand = () => {
    if (isGone) throw gone()
  }
  const stands = new WeakMap<object, Method>()
  const methodOf = (method: Method): Method => {
    let stand = stands.get(method)
    if (!stand) {
      stand = (...args) => {
        demand()
        // As its own, which may have private fields.
        return Reflect.apply(method, value, args)
      }
      stands.set(method, stand)
    }
    return stand
  }
  // Of an empty one: that of a frozen object would have to give the very functions that are in it.
  const empty = typeof value === 'function' ? () => {} : {}
  const stand: object = new Proxy<object>(empty, {
    get(_, name) {
      // What prints or awaits it is told nothing.
      if (isGone && (typeof name === 'symbol' || name === 'then')) return undefined
      demand()
      const found: unknown = Reflect.get(value, name)
      return typeof found === 'function' && name !== 'constructor' ? methodOf(found as Method) : found
    },
    apply(_, __, args) {
      demand()
      return Reflect.apply(value as Method, undefined, args)
    },
    has: (_, name) => Reflect.has(value, name),
    getPrototypeOf: () => Reflect.getPrototypeOf(value),
    ownKeys: () => Reflect.ownKeys(value).filter(name => name !== 'prototype'),
    getOwnPropertyDescriptor(_, name) {
      const found = Reflect.getOwnPropertyDescriptor(value, name)
      return (
        found && {
          value: Reflect.get(stand, name),
          enumerable: found.enumerable === true,
          configurable: true,
        }
      )
    },
    // It is the provider's.
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
    setPrototypeOf: () => false,
    preventExtensions: () => false,
  })
  return {
    stand,
    revoke() {
      isGone = true
    },
  }
}
