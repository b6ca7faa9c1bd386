import { definePlugin } from '../../../../src/index.ts'
import type { PluginContext } from '../../../../src/runtime/plugin/context.ts'
import type { PluginUse } from '../../../../src/testing/population.ts'
import { type World, type WorldOptions, world } from '../../../world.ts'

export const square = { group: 'square' } as const

/** A plugin that is set up by a function. */
export const plugin = (
  setup: (ctx: PluginContext) => void,
  more: Omit<Partial<PluginUse>, 'use'> = {},
): PluginUse => ({ use: definePlugin({ name: more.name ?? 'plugin', setup }), ...more })

/** A world with one plugin; carol is a moderator, alice an owner. */
export const worldWith = (
  setup: (ctx: PluginContext) => void,
  { bot, commands, ...options }: WorldOptions & Pick<PluginUse, 'commands'> = {},
): Promise<World> =>
  world({
    ...options,
    plugins: [plugin(setup, commands ? { commands } : {})],
    bot: { roles: { owner: ['alice'], moderator: ['carol'] }, ...bot },
  })

/** Says something in the square; resolves with what the bots answered there. */
export async function ask(
  w: World,
  text: string,
  from = 'bobby',
  place: { group: string } | { room: string } = square,
) {
  const before = (await w.texts(place)).length
  await w.say({ from, text, ...place })
  return (await w.texts(place)).slice(before + 1)
}
