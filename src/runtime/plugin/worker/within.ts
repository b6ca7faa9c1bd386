import { systemClock } from '../../../base/clock.ts'

/** What is resolved within `ms` of real time; else nothing. */
export function within<T>(ms: number, run: (resolve: (value?: T) => void) => void): Promise<T | undefined> {
  return new Promise(resolve => {
    const cancel = systemClock.after(ms, () => resolve(undefined))
    run(value => {
      cancel()
      resolve(value)
    })
  })
}
