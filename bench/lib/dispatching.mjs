// Has plugins handle messages in memory: through routing, middleware, command parsing and a role check to a handler that
// does nothing. There is no journal and no store, and nothing is sent.
import { silentLog } from '../../dist/base/log.js'
import { definePlugin } from '../../dist/index.js'
import { Bot } from '../../dist/runtime/bot/bot.js'
import { Attempt } from '../../dist/runtime/dispatch/attempt.js'
import { PluginHost } from '../../dist/runtime/plugin/host.js'

const APP = 'bench00app00000000000001'
const GROUP = '10000001'
const manners = { prefix: '/', timezone: 'UTC', language: 'en', roles: { moderator: ['alice'] } }

/**
 * A town whose bot has so many commands, over so many plugins; `called`: how many of them people use; `idle`: plugins
 * besides that want nothing of what is said.
 */
export async function townOf({ commands, plugins = 1, called = 10, idle = 0 }) {
  const host = new PluginHost(silentLog)
  const bot = new Bot({ id: 'bench', username: 'bench-bot' }, undefined)
  host.addBot(bot, { groups: 'all', rooms: 'all', direct: true }, APP)
  const town = { done: 0, commands, called, routes: host.routesOf(APP), handle: host.handle }
  const load = (name, setup) =>
    host.load(definePlugin({ name, setup }), {}, { bot, name, manners, log: silentLog })
  const each = commands / plugins
  for (let plugin = 0; plugin < plugins; plugin++) {
    await load(`plugin${plugin}`, ctx => {
      const known = ctx.use(async ({ user }, next) => next({ profile: user.username }))
      for (let i = plugin * each; i < (plugin + 1) * each; i++) {
        known.command(
          `command${i} <user:user> [for:duration=10m]`,
          { role: 'moderator' },
          ({ args, profile }) => {
            if (args.user === 'bobby' && profile === 'alice') town.done++
          },
        )
      }
    })
  }
  for (let i = 0; i < idle; i++) {
    await load(`idle${i}`, ctx => {
      ctx.on('message.text', { in: { groups: [20_000_000 + i] } }, () => {})
      ctx.on('message.image', () => {})
    })
  }
  return town
}

const message = text => ({
  ...{ target_type: 'group', target_id: GROUP, from_id: 'alice', from_type: 'user', msg_type: 'text' },
  ...{ msg_body: { text }, create_time: 1, msgid: 1, msg_ctime: 1000, version: 1 },
})

const keep = () => {}

/** What the process takes of the processor from now on, in us: others on the machine do not count. */
function cpuSince() {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
}

/** Hands a town so many messages, one after the other; each calls one of its commands. Resolves to the us of each. */
export async function dispatchAll(town, count) {
  const { routes, handle, commands, called } = town
  const step = commands / called
  // Not in their order, as people do not call them so.
  const said = Array.from({ length: Math.min(count, 20_000) }, (_, i) =>
    message(`/command${((i * 7919) % called) * step} @bobby 5m`),
  )
  const before = town.done
  const cpuUs = cpuSince()
  for (let i = 0; i < count; i++) {
    const data = said[i % said.length]
    for (const { bot, plugin } of routes.route(data)) {
      const event = { id: 'event', type: 'message.text', conversation: 'group', data, createdAt: 1000 }
      const rest = { attempts: 0, again: false, recovered: false, partition: 0, calls: [] }
      await handle(new Attempt({ event, bot, plugin, ...rest }, keep))
    }
  }
  const us = cpuUs() / count
  if (town.done - before !== count) throw new Error(`${town.done - before} of ${count} were handled`)
  return us
}

const nothing = async () => {}

/** The same loop around an async function that does nothing. */
export async function emptyLoop(count) {
  const cpuUs = cpuSince()
  for (let i = 0; i < count; i++) await nothing()
  return cpuUs() / count
}

/** The same loop around a look at a Map of 10,000. */
export async function mapLoop(count) {
  const handlers = new Map(Array.from({ length: 10_000 }, (_, i) => [`command${i}`, nothing]))
  const names = [...handlers.keys()]
  const cpuUs = cpuSince()
  for (let i = 0; i < count; i++) await handlers.get(names[(i * 7919) % 10_000])()
  return cpuUs() / count
}
