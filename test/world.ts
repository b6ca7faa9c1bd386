import type { World, WorldOptions } from '../src/testing/index.ts'
import { worldOn } from '../src/testing/world.ts'
import { runtimeStore } from './engine.ts'
import { QuietClock, turns } from './quiet.ts'

export type { World, WorldOptions }

/** As that of the test kit, on the engine of this run. */
export const world = async (options: WorldOptions = {}): Promise<World> =>
  worldOn(
    { clock: options.clock ?? new QuietClock(), store: await runtimeStore(), turn: () => turns(1) },
    options,
  )
