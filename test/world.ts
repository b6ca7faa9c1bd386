import { worldOn } from '../src/testing/create-world.ts'
import type { NamedWorld, World, WorldOptions } from '../src/testing/index.ts'
import { runtimeStore } from './engine.ts'
import { QuietClock, turns } from './quiet.ts'

export type { World, WorldOptions }

/** As that of the test kit, on the engine of this run. */
export const world = async (
  options: WorldOptions = {},
): Promise<NamedWorld<'alice' | 'bobby' | 'carol' | 'dave', string>> =>
  worldOn(
    { clock: options.clock ?? new QuietClock(), store: await runtimeStore(), turn: () => turns(1) },
    options,
  )
