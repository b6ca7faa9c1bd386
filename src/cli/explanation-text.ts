import type { ExplainedSetting } from '../app/config/explain/index.ts'
import type { ExplainedBot, ExplainedPlugin, Explanation } from '../app/explanation.ts'
import { formatDuration } from '../base/duration.ts'
import { plain, table } from './text.ts'

/** An explanation of a configuration, for people. */
export function explanationText({ config, bots, isServing, problems }: Explanation): string {
  const settings = [
    sectionOf(config.file, config.settings),
    ...bots.map(bot => sectionOf(bot.file, [...bot.settings, ...bot.plugins.flatMap(one => one.settings)])),
  ]
  const happens = [
    isServing ? ['  The embedded IM server is started.'] : [],
    ...bots.map(linesOf),
    problems.map(({ bot, plugin, message }) => `  ! ${bot}/${plugin}: ${plain(message, 300)}`),
  ]
  const told = happens.filter(lines => lines.length > 0).map(lines => `${lines.join('\n')}\n`)
  return `${settings.join('\n')}\nWhat happens\n\n${told.join('\n')}`
}

function sectionOf(file: string, settings: readonly ExplainedSetting[]): string {
  const rows = settings.map(one => [one.field, shown(one.value), originOf(one)])
  return `${file}\n\n${table(['FIELD', 'VALUE', 'FROM'], rows)}`
}

function shown(value: unknown): string {
  if (value === null) return '(none)'
  return typeof value === 'string' ? value || "''" : JSON.stringify(value)
}

function originOf({ from, place, variables = [], unset = [], files = [] }: ExplainedSetting): string {
  if (from === 'default') return 'default'
  if (from === 'environment') return `${variables.join(', ')} in the environment`
  const parts = [
    ...variables.map(name => `${name} in the environment`),
    ...unset.map(name => `default, as ${name} is not set`),
    ...files.map(file => `file ${file}`),
  ]
  return parts.length === 0 ? place! : `${place}: ${parts.join(', ')}`
}

function linesOf(bot: ExplainedBot): string[] {
  const { id, app, username, enabled, mode, plugins, plan } = bot
  const names = plugins.filter(one => one.enabled).map(({ name }) => name)
  const head = `  ${id}  as ${username} of app ${app}${mode === 'shadow' ? ', in the shadow' : ''}`
  if (!enabled) return [`${head}: does not run`]
  return [
    `${head}: ${names.join(', ') || 'no plugins'}`,
    `    hears    ${hearing(bot)}`,
    ...(plan?.webhooks.map(({ url }) => `    webhook  POST ${url}`) ?? []),
    ...(plan?.schedules.map(
      ({ plugin, name, expression, timezone, next }) =>
        `    cron     ${plugin}/${name}: ${expression} (${timezone}): ${next.map(at => moment(at, timezone)).join('; ') || 'never'}`,
    ) ?? []),
    ...(plan?.commands.map(
      ({ name, roles }) =>
        `    command  ${prefixOf(bot)}${name}${roles.length > 0 ? ` (${roles.join(', ')})` : ''}`,
    ) ?? []),
    ...plugins.filter(one => one.enabled).map(boundsOf),
  ]
}

const settingOf = ({ settings }: ExplainedBot, field: string): unknown =>
  settings.find(one => one.field === field)?.value

const prefixOf = (bot: ExplainedBot): string => String(settingOf(bot, 'prefix'))

function hearing(bot: ExplainedBot): string {
  const places = (name: string): string => `${name} ${shownList(settingOf(bot, `listen.${name}`))}`
  const direct = settingOf(bot, 'listen.direct') === false ? 'no direct messages' : 'direct messages'
  return `${places('groups')}, ${places('rooms')}, ${direct}`
}

const shownList = (value: unknown): string =>
  Array.isArray(value) ? value.join(' ') || 'none' : String(value)

function boundsOf({ name, isolation, limits }: ExplainedPlugin): string {
  const bounds = Object.entries(limits).map(([key, value]) =>
    key.endsWith('Ms') ? `${key.slice(0, -2)} ${formatDuration(value)}` : `${key} ${value}`,
  )
  const where = isolation === 'worker' ? 'in a thread of its own' : 'in the process of all'
  return `    bounds   ${name}: ${where}; ${bounds.join(', ')}`
}

const moment = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)
