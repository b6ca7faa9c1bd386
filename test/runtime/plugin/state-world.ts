import { definePlugin, type PluginContext } from 'beadle'
import { type World, world } from '../../world.ts'

/** A plugin that hands out what it is given in `setup`. */
export function bare(name = 'bare') {
  const given = new Map<string, PluginContext>()
  const plugin = definePlugin({
    name,
    setup(ctx) {
      given.set(`${ctx.bot.id}/${ctx.name}`, ctx)
    },
  })
  return { plugin, of: (who = `bot/${name}`) => given.get(who)! }
}

export async function home(): Promise<{ w: World; ctx: PluginContext }> {
  const { plugin, of } = bare()
  const w = await world({ plugins: [{ use: plugin }] })
  return { w, ctx: of() }
}
