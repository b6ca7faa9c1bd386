import type { Beadle } from '../app/beadle.ts'
import type { LoadedConfig } from '../app/config/index.ts'

/** Who has more bots knows them. */
const MOST_SHOWN = 20

/** What is shown once everything runs: what runs where, which bots do what, and something to try. */
export function welcome(facts: { beadle: Beadle; config: LoadedConfig; version: string }): string {
  const { beadle, config, version } = facts
  const { main } = config
  const lines = [`Beadle ${version}`, '']
  if (beadle.serverUrl) {
    lines.push(
      `  IM server  ${beadle.serverUrl}  embedded${main.server.sandbox ? ', with sandbox' : ''}; data in ${main.data}`,
    )
  } else lines.push(`  JMessage   ${main.jmessage.endpoint}`)
  lines.push(`  Beadle     ${beadle.url}  webhooks, callbacks, /healthz, /readyz`)
  lines.push(`  Messages   ${inbound(main.jmessage.inbound, main.jmessage.pollEveryMs)}`)
  const others = Object.keys(main.apps)
  if (others.length > 0) lines.push(`  Apps       main, and ${others.length} more`)
  for (const bot of beadle.bots.slice(0, MOST_SHOWN)) {
    const plugins = bot.plugins.map(({ name }) => name)
    lines.push(
      '',
      `  ${bot.id}  as ${bot.username}${bot.mode === 'shadow' ? ', in the shadow' : ''}: ${plugins.join(', ') || 'no plugins'}`,
    )
    lines.push(...details(beadle, bot.id, plugins).map(detail => `    ${detail}`))
  }
  const more = beadle.bots.length - MOST_SHOWN
  if (more > 0) lines.push('', `  … and ${more} more`)
  const tries = beadle.serverUrl && main.server.sandbox ? thingsToTry(beadle, main.jmessage.appKey) : []
  if (tries.length > 0) lines.push('', 'Paste into another terminal:', '', ...tries)
  return `${lines.join('\n')}\n\nReady. Ctrl-C ends it.\n`
}

const inbound = (how: string, everyMs: number): string =>
  ({
    callback: 'come by callback',
    poll: `are polled every ${everyMs / 1000} s`,
    both: `come by callback, and are polled every ${everyMs / 1000} s`,
    none: 'are not read',
  })[how] ?? how

function details({ runtime }: Beadle, bot: string, plugins: readonly string[]): string[] {
  const names = plugins
    .flatMap(plugin => runtime.host.instance(bot, plugin)?.commands.all ?? [])
    .map(({ pattern }) => pattern.name.split(' ')[0]!)
  const commands = [...new Set(names)]
  const hooks = runtime.webhooks.paths.filter(path => path.startsWith(`/hooks/${bot}/`))
  const schedules = runtime.schedules.all.filter(schedule => schedule.bot === bot)
  return [
    ...hooks.map(path => `webhook  POST ${path}`),
    ...schedules.map(schedule => {
      const { name, expression, timezone } = schedule
      return `cron     ${name}: ${expression} (${timezone}), next ${when(schedule.next(), timezone)}`
    }),
    ...(commands.length > 0 ? [`commands ${commands.join(', ')}`] : []),
  ]
}

function when(at: number | undefined, timeZone: string): string {
  if (at === undefined) return 'never'
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at)
}

function thingsToTry({ serverUrl: url, bots, runtime }: Beadle, appKey: string): string[] {
  const say = (from: string, text: string) =>
    `curl -s ${url}/sandbox/apps/${appKey}/messages -d '${JSON.stringify({ from_id: from, target_type: 'group', target_id: '10000001', text })}'`
  const watch = ['# see what bobby sees', `curl -N ${url}/sandbox/apps/${appKey}/users/bobby/inbox`]
  const all = bots.flatMap(({ id, prefix = '/' }) =>
    runtime.host
      .instances(id)
      .flatMap(({ commands }) => commands.all.map(({ pattern }) => prefix + pattern.name)),
  )
  if (!all.includes('/notices')) {
    const [first] = all
    return first === undefined ? watch : [...watch, '# alice gives a command', say('alice', first)]
  }
  return [
    ...watch,
    '# alice asks for the notices',
    say('alice', '/notices'),
    '# dave says something he should not',
    say('dave', 'what a badword'),
  ]
}
