import { type Cancel, systemClock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import { ConfigError, loadConfig } from '../config/index.ts'
import { explainConfig } from '../explanation.ts'
import { KnownSecrets, secretsOf } from '../hide-secrets.ts'
import { makePlan, type Plan } from '../plan/make-plan.ts'
import { loadBotSpecs } from '../plugins.ts'
import { backlog } from './backlog.ts'
import { callback } from './callback.ts'
import { database } from './database.ts'
import { exposure } from './exposure.ts'
import { type Check, type Finding, failure, type Patient, warning } from './finding.ts'
import { folders } from './folders.ts'
import { jmessage } from './jmessage.ts'
import { machine } from './machine.ts'
import { ports } from './ports.ts'
import { rights } from './rights.ts'
import { schedules } from './schedules.ts'

export type { Finding } from './finding.ts'

/** In this order. */
const CHECKS: readonly Check[] = [
  jmessage,
  rights,
  callback,
  ports,
  database,
  folders,
  backlog,
  schedules,
  exposure,
]
/** Each check may take so long. */
const CHECK_MS = 5000

export interface DoctorOptions {
  /** Nobody is called over the network: neither JMessage nor the public address; nor a PostgreSQL. */
  readonly offline: boolean
  /** Whether plugins are set up, to see their schedules. */
  readonly isSetUp: boolean
  /** Told what is looked at next. */
  readonly onCheck?: (name: string) => void
}

/**
 * Looks whether a Beadle with this configuration can do its work, whether it runs or not, and tells what is found, one
 * after the other. Changes nothing.
 */
export async function* examine(config: string, options: DoctorOptions): AsyncGenerator<Finding> {
  yield* named('machine', machine.look(undefined as never) as readonly Omit<Finding, 'check'>[])
  options.onCheck?.('configuration')
  const read = await configured(config, options)
  yield* named('configuration', read.found)
  if (!read.patient) return
  const known = new KnownSecrets(secretsOf(read.patient.config))
  for (const check of CHECKS) {
    if (check.needsNetwork && options.offline) continue
    options.onCheck?.(check.name)
    const found = await within(CHECK_MS, check, read.patient)
    for (const { text, hint, ...rest } of named(check.name, found)) {
      const shown = known.hideLiterals(text)
      yield { ...rest, text: shown, ...(hint === undefined ? {} : { hint: known.hideLiterals(hint) }) }
    }
  }
}

const named = (check: string, found: readonly Omit<Finding, 'check'>[]): Finding[] =>
  found.map(one => ({ check, ...one }))

type Read = {
  readonly found: readonly Omit<Finding, 'check'>[]
  readonly patient?: Omit<Patient, 'signal'>
}

async function configured(path: string, { isSetUp, offline }: DoctorOptions): Promise<Read> {
  try {
    const config = await loadConfig(path)
    const bots = await loadBotSpecs(config)
    const plan = isSetUp ? await makePlan(config, bots) : undefined
    const settings = await explainConfig(config, bots, { isSetUp: false })
    const patient = { config, bots, plan, settings, offline, clock: systemClock }
    const known = new KnownSecrets(secretsOf(config))
    return {
      patient,
      found: [
        { state: 'ok', text: `${path} is right, with ${count(bots.length)}` },
        ...troubles(plan, known),
      ],
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) return { found: [failure(asError(error).message)] }
    return {
      found: error.problems.map(({ file, line, field, message, hint }) =>
        failure(`${file}${line > 0 ? `:${line}` : ''} ${field === '' ? '' : `${field}: `}${message}`, hint),
      ),
    }
  }
}

const troubles = (plan: Plan | undefined, known: KnownSecrets): Omit<Finding, 'check'>[] =>
  plan?.problems.map(({ bot, plugin, message }) =>
    failure(
      known.hideLiterals(`plugin ${plugin} of bot ${bot}: ${message}`),
      'beadle check --explain tells more.',
    ),
  ) ?? []

const count = (bots: number): string => `${bots} ${bots === 1 ? 'bot' : 'bots'}`

/** What a check finds within its time; that it does not end, or fails by itself, is a finding, too. */
async function within(
  ms: number,
  { look }: Check,
  patient: Omit<Patient, 'signal'>,
): Promise<readonly Omit<Finding, 'check'>[]> {
  const given = new AbortController()
  let cancel: Cancel = () => {}
  const late = new Promise<readonly Omit<Finding, 'check'>[]>(resolve => {
    cancel = systemClock.after(ms, () => {
      given.abort(new Error('the time for this check is up'))
      resolve([warning(`takes longer than ${ms / 1000} s, and was given up`)])
    })
  })
  try {
    return await Promise.race([Promise.resolve(look({ ...patient, signal: given.signal })), late])
  } catch (error) {
    return [failure(asError(error).message, (error as { hint?: string }).hint)]
  } finally {
    cancel()
  }
}
