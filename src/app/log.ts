import { type DestinationStream, pino } from 'pino'
import type { Log } from '../base/log.ts'

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** `auto`: for people on a terminal, JSON elsewhere. */
  readonly format: 'pretty' | 'json' | 'auto'
}

/** Fields whose values never reach the log, wherever they turn up. */
const SECRETS = ['password', 'masterSecret', 'secret', 'token', 'authorization', 'auth']

/** The log of a running Beadle: on standard error, so that standard output is for what a person asked for. */
export async function createLog({ level, format }: LogOptions): Promise<Log> {
  const forPeople = format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true)
  const destination: DestinationStream = forPeople
    ? (await import('pino-pretty')).default({
        destination: 2,
        sync: true,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss',
        singleLine: true,
      })
    : pino.destination({ dest: 2, sync: true })
  const paths = SECRETS.flatMap(name => [name, `*.${name}`, `*.*.${name}`])
  return pino(
    { level, base: undefined, redact: { paths, censor: '[hidden]' } },
    destination,
  ) as unknown as Log
}
