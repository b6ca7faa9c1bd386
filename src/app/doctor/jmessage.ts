import { clientOptions } from '../client-options.ts'
import { appsOf, type NamedApp } from '../config/index.ts'
import { type Asked, ask, jsonOf } from './ask.ts'
import { type Check, type Finding, failure, ok, type Patient, warning } from './finding.ts'

type Found = Omit<Finding, 'check'>

/** Clocks of servers are shown in whole seconds. */
const SKEW_MS = 30_000
const FAR_MS = 5 * 60_000

/** Whether JMessage can be reached, takes the keys of each app, and has the same time: by one call that reads. */
export const jmessage: Check = {
  name: 'jmessage',
  needsNetwork: true,
  look: async patient =>
    (await Promise.all(appsOf(patient.config.main).map(app => lookAt(patient, app)))).flat(),
}

async function lookAt({ config, clock, signal }: Patient, app: NamedApp): Promise<Found[]> {
  const { endpoint, appKey, masterSecret } = clientOptions(config.main, app)
  const who = `app ${app.name} at ${endpoint}`
  const headers = { authorization: `Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}` }
  const begun = clock.now()
  let asked: Asked
  try {
    asked = await ask(`${endpoint}/v1/admins?start=0&count=1`, { headers, signal })
  } catch (error) {
    const { message } = error as Error
    if (app.endpoint === undefined && message === 'ECONNREFUSED')
      return [ok(`app ${app.name} is on the embedded IM server, which does not run now`)]
    return [
      failure(`${who}: ${message}`, 'Is jmessage.endpoint right, and does a firewall let this machine out?'),
    ]
  }
  return [verdict(who, asked), ...skew(who, asked.date, (begun + clock.now()) / 2)]
}

function verdict(who: string, { status, text }: Asked): Found {
  const code = (jsonOf(text)?.error as { code?: number } | undefined)?.code
  if (status === 200 && jsonOf(text)?.total !== undefined) return ok(`${who}: the keys are right`)
  if (code === 899009)
    return failure(`${who}: there is no such appKey`, 'Compare jmessage.appKey with the console of Jiguang.')
  if (code === 899008 || (status === 401 && code !== 899007))
    return failure(
      `${who}: the masterSecret is wrong`,
      'Compare jmessage.masterSecret with the console of Jiguang.',
    )
  if (status === 429)
    return warning(`${who}: the quota is used up for now`, 'Wait a minute, or lower jmessage.quota.')
  if (status >= 500)
    return failure(`${who}: answers ${status}`, 'Try again later; it is not up to this machine.')
  return failure(`${who}: answers ${status}, and not as JMessage does`, 'Is jmessage.endpoint right?')
}

function skew(who: string, date: number, now: number): Found[] {
  if (!Number.isFinite(date)) return []
  const off = Math.abs(now - date)
  const seconds = Math.round(off / 1000)
  const hint = 'Set the clock of this machine by NTP: times of messages and schedules go by it.'
  const text = `the clock of this machine is ${seconds} s ${now > date ? 'ahead of' : 'behind'} ${who}`
  if (off > FAR_MS) return [failure(text, hint)]
  return off > SKEW_MS ? [warning(text, hint)] : [ok('the clock is that of JMessage')]
}
