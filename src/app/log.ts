import { type DestinationStream, pino } from 'pino'
import type { Log } from '../base/log.ts'
import { KnownSecrets, secretHider } from './hide-secrets.ts'

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** `auto`: for people on a terminal, JSON elsewhere. */
  readonly format: 'pretty' | 'json' | 'auto'
}

const STANDARD_ERROR = 2

/** Whether the log is for people to read; else it is JSON. */
export const isForPeople = ({ format }: Pick<LogOptions, 'format'>): boolean =>
  format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true)

/**
 * The log of a running Beadle: on standard error, so that standard output is for what a person asked for.
 *
 * @param secrets  what is hidden wherever it turns up, beside all that looks like a secret
 * @param to  takes the lines in place of standard error
 */
export async function createLog(
  { level, format }: LogOptions,
  secrets: KnownSecrets | readonly string[] = [],
  to?: DestinationStream,
): Promise<Log> {
  const destination =
    to ??
    (isForPeople({ format })
      ? (await import('pino-pretty')).default({
          destination: STANDARD_ERROR,
          sync: true,
          ignore: 'pid,hostname',
          translateTime: 'SYS:HH:MM:ss',
          singleLine: true,
        })
      : pino.destination({ dest: STANDARD_ERROR, sync: true }))
  const hide = secretHider(secrets instanceof KnownSecrets ? secrets : new KnownSecrets(secrets))
  const withoutSecrets: DestinationStream = {
    write(line) {
      try {
        destination.write(hide(line))
      } catch {
        // The disk of the log is full, or its reader is gone: whoever has something to tell must not fail by that.
      }
    },
  }
  return pino({ level, base: undefined }, withoutSecrets) as unknown as Log
}
