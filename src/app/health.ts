import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Hono } from 'hono'
import { asError } from '../base/errors.ts'
import type { AppFigures, DeadFigures, Figures, PluginFigures } from './figures.ts'
import type { Metrics } from './metrics/index.ts'
import { type Audience, mayLook } from './who-may-look.ts'

export interface HealthOptions {
  readonly figures: Figures
  /** Whether events are taken in: not while starting or stopping. */
  readonly isOpen: () => boolean
  readonly loop: { readonly p99Ms: number }
  readonly metrics: Pick<Metrics, 'read'>
  /** Who is told more than whether it is ready. */
  readonly audience: Audience
}

/** Where is asked how Beadle is. */
export const HEALTH_PATHS: readonly string[] = ['/healthz', '/readyz', '/metrics']

const OK = 'ok'
/** A delay of the event loop that people notice. */
const LONG_DELAY_MS = 500
/** Disks that are fuller than this will soon refuse something. */
const LEAST_FREE_BYTES = 200 * 1024 * 1024
const MIB = 1024 * 1024

/**
 * Adds `/healthz` (the process lives), `/readyz` (it can do its work; if not, the answer says what is wrong) and
 * `/metrics` (figures for Prometheus). `/readyz?exclude=NAME` leaves a check out of the verdict, once for each name.
 */
export function addHealth(http: Hono, options: HealthOptions): void {
  const { figures, metrics, audience } = options
  http.get('/healthz', c => c.json({ status: OK }))
  http.get('/readyz', async c => {
    const dead = await figures.dead().catch(asError)
    const checks = checksOf(options, dead)
    const excluded = c.req.queries('exclude') ?? []
    const unknown = excluded.find(name => !Object.hasOwn(checks, name))
    if (unknown !== undefined) return c.json(noSuchCheck(unknown, Object.keys(checks)), 400)
    const isReady = Object.entries(checks).every(([name, state]) => state === OK || excluded.includes(name))
    const status = isReady ? 'ready' : 'not ready'
    const answer = mayLook(c, audience)
      ? {
          ...{ status, checks, warnings: await warningsOf(options, dead), waiting: figures.waiting },
          configuration: configurationOf(figures),
        }
      : { status }
    return c.json(answer, isReady ? 200 : 503)
  })
  http.get('/metrics', async (c, next) => {
    // To others it is not there.
    if (!mayLook(c, audience)) return next()
    const { text, type } = await metrics.read()
    return c.body(text, 200, { 'content-type': type })
  })
}

const noSuchCheck = (name: string, checks: readonly string[]) => ({
  error: {
    code: 'health.check',
    message: `exclude: there is no check '${name.slice(0, 40)}'; there are ${checks.join(', ')}`,
  },
})

/** What keeps it from taking work in, or from doing it. */
function checksOf({ figures, isOpen }: HealthOptions, read: DeadFigures | Error): Record<string, string> {
  const { store, waiting, mostWaiting } = figures
  return {
    open: isOpen() ? OK : 'starting or stopping',
    database: !store.ok
      ? `${store.message}, since ${time(store.since)}. ${store.hint}`
      : read instanceof Error
        ? `does not answer: ${read.message}`
        : OK,
    jmessage: reachOf(figures.apps),
    queue:
      waiting < mostWaiting
        ? OK
        : `${waiting} events and calls wait; webhooks are refused until there are fewer than ${mostWaiting} (limits.pending)`,
  }
}

/** What a person should know of, though it works. */
async function warningsOf({ figures, loop }: HealthOptions, dead: DeadFigures | Error): Promise<string[]> {
  const warnings = [
    ...figures.plugins.flatMap(resting),
    ...figures.plugins.flatMap(troubled),
    ...unreachable(figures.apps),
    ...figures.apps.map(app => quotaUsedUp(app, figures.apps.length > 1)),
    slow(loop.p99Ms),
    dead instanceof Error ? undefined : lettersOf(dead),
    refused(figures),
    outdated(figures),
    await shortOfDisk(figures),
  ]
  return warnings.filter(warning => warning !== undefined)
}

function resting({
  bot,
  plugin,
  state,
  waiting,
  failuresInARow,
  restsUntil,
  lastErrors,
}: PluginFigures): string[] {
  if (state === 'working') return []
  const until = restsUntil === undefined ? '' : ` until ${time(restsUntil)}`
  const last = lastErrors.at(-1)?.message
  const error = last === undefined ? '' : `; last: ${last}`
  return [
    `plugin ${plugin} of bot ${bot} rests${until}, as it failed ${failuresInARow} times in a row; ${waiting} events wait for it${error}`,
  ]
}

const troubled = ({ bot, plugin, trouble }: PluginFigures): string[] =>
  trouble === undefined ? [] : [`plugin ${plugin} of bot ${bot}: ${trouble}`]

/** As long as one app can be reached there is work to do. */
function reachOf(apps: readonly AppFigures[]): string {
  const since = apps.map(({ outageSince }) => outageSince ?? Number.POSITIVE_INFINITY)
  const last = Math.max(...since)
  return last === Number.POSITIVE_INFINITY ? OK : `unreachable since ${time(last)}`
}

/** Of several apps some cannot be reached; that none can be is a check of its own. */
const unreachable = (apps: readonly AppFigures[]): string[] =>
  reachOf(apps) !== OK
    ? []
    : apps.flatMap(({ name, outageSince }) =>
        outageSince === undefined
          ? []
          : [`JMessage cannot be reached for app ${name} since ${time(outageSince)}`],
      )

function quotaUsedUp({ name, quota, depths }: AppFigures, isOneOfSeveral: boolean): string | undefined {
  if (!quota || quota.left > 0) return undefined
  const waiting = depths.reply + depths.notice + depths.bulk
  const whose = isOneOfSeveral ? ` of app ${name}` : ''
  const until = quota.resetAt === undefined ? '' : ` until ${time(quota.resetAt)}`
  return `the quota${whose} of ${quota.limit} calls a minute is used up${until}; ${waiting} calls wait`
}

/** Which configuration runs, so that nodes can be compared, and since when. */
function configurationOf({ configuration: { state } }: Figures) {
  return state && { hash: state.hash, loadedAt: time(state.loadedAt) }
}

function refused({ configuration: { refusal } }: Figures): string | undefined {
  if (!refusal) return undefined
  const { at, problems } = refusal
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const [first] = problems[0]!.split('\n')
  return `the configuration could not be reloaded at ${time(at)}: ${first}${more}`
}

function outdated({ configuration: { restart } }: Figures): string | undefined {
  if (restart.length === 0) return undefined
  return `config.yaml has changed in what takes a restart: ${restart.join(', ')}`
}

const slow = (p99Ms: number): string | undefined =>
  p99Ms < LONG_DELAY_MS
    ? undefined
    : `the process is slow to respond (${Math.round(p99Ms)} ms): a plugin computes for long, or the machine is too busy`

function lettersOf({ deliveries, failed, unsure }: DeadFigures): string | undefined {
  if (deliveries + failed + unsure === 0) return undefined
  return `dead letters: ${deliveries} events were set aside, ${failed} calls failed, ${unsure} are unsure; see \`beadle dead list\``
}

async function shortOfDisk({ database }: Figures): Promise<string | undefined> {
  const disk = database === undefined ? undefined : await statfs(dirname(database)).catch(() => undefined)
  const free = disk && disk.bavail * disk.bsize
  if (free === undefined || free >= LEAST_FREE_BYTES) return undefined
  return `the disk of ${database} is nearly full: ${Math.floor(free / MIB)} MiB are left; make room`
}

const time = (at: number): string => new Date(at).toISOString()
