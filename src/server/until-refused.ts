import { Refusal } from './refusal.ts'

/** How far it went: what the steps came to, and what the next one was refused for. */
export interface Progress<T> {
  readonly done: readonly T[]
  readonly refusal?: Refusal
}

/**
 * Takes steps in turn until one is refused; what those before it did stays. So a step must ask before it changes
 * anything: what a refused one had done would stay too.
 */
export async function untilRefused<T>(steps: Iterable<() => Promise<T>>): Promise<Progress<T>> {
  const done: T[] = []
  for (const step of steps) {
    try {
      done.push(await step())
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { done, refusal: error }
    }
  }
  return { done }
}
