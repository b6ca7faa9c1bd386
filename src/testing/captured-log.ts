import type { Log } from '../base/log.ts'

/** A line of the log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A log that keeps its lines. */
export function capturedLog(lines: LogLine[], own: object = {}): Log {
  const keep = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: { ...own, ...fields } })
  return {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    child: fields => capturedLog(lines, { ...own, ...fields }),
  }
}
