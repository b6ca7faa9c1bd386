import type { Hono } from 'hono'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Observer } from '../runtime/observer.ts'
import type { MainConfig } from './config/index.ts'
import type { Figures } from './figures.ts'
import { addHealth } from './health.ts'
import { LoopDelay } from './loop-delay.ts'
import { Metrics } from './metrics/index.ts'
import { Tallies } from './metrics/tallies.ts'
import { both } from './observers.ts'
import { spanSettings } from './telemetry/settings.ts'

/** What watches a Beadle. */
export interface Watch {
  /** Is told what happens. */
  readonly observer: Observer
  /** Adds the routes on which it is told. */
  show(http: Hono, beadle: { figures: Figures; isOpen: () => boolean }): void
  /** Sends what was not sent yet, for at most `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** Begins to count, to time, and, where that is asked for, to send spans. */
export async function startWatch(main: MainConfig, log: Log, version: string): Promise<Watch> {
  const tallies = new Tallies(systemClock)
  const settings = spanSettings(main.telemetry.otlp, version, process.env)
  // Who sends no spans need not load what makes them.
  const spans = settings && (await import('./telemetry/index.ts')).startTelemetry(settings, log)
  const loop = new LoopDelay()
  return {
    observer: spans ? both(tallies, spans.observer) : tallies,
    show(http, { figures, isOpen }) {
      const metrics = new Metrics(tallies, { figures, spans })
      addHealth(http, { figures, isOpen, loop, metrics, audience: main.telemetry.metrics })
    },
    async close(graceMs) {
      loop.close()
      await spans?.close(graceMs)
    },
  }
}
