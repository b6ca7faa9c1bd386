import { systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Observer } from '../../runtime/observer.ts'
import { Sender } from './sender.ts'
import type { SpanSettings } from './settings.ts'
import { Spans } from './spans.ts'

/** Traces of events, on their way to whoever collects them. */
export interface Telemetry {
  /** Is told what happens. */
  readonly observer: Observer
  readonly sent: number
  readonly dropped: number
  /** Sends what waits, for at most `graceMs`. */
  close(graceMs: number): Promise<void>
}

export function startTelemetry(settings: SpanSettings, log: Log): Telemetry {
  const sender = new Sender(settings, { clock: systemClock, log: log.child({ part: 'telemetry' }) })
  const { share } = settings
  const observer = new Spans({ clock: systemClock, share, add: span => sender.add(span) })
  return {
    observer,
    get sent() {
      return sender.sent
    },
    get dropped() {
      return sender.dropped
    },
    close: graceMs => sender.close(graceMs),
  }
}
