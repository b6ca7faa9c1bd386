import { type Answer, ok, type World } from './world.ts'

/** Asks a server to misbehave by rules; answers what it said. */
export const setFaults = (w: World, rules: unknown, seed?: number): Promise<Answer> =>
  w.raw('/sandbox/faults', { method: 'PUT', body: JSON.stringify({ seed, rules }) })

/** Makes a server misbehave. */
export const misbehave = async (w: World, ...rules: object[]): Promise<void> =>
  void ok(await setFaults(w, rules))

/** How often each rule struck. */
export const struck = async (w: World): Promise<number[]> =>
  ok(await w.raw('/sandbox/faults')).body.rules.map((rule: { struck: number }) => rule.struck)
