import { dirname, resolve } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { PluginSources } from '../../runtime/plugin/loading/plugin-sources.ts'
import type { ReloadAnswer } from '../../runtime/reloads/reloads.ts'
import { type Beadle, type StartOptions, startBeadle } from '../beadle.ts'
import { ConfigError, type LoadedConfig, loadConfig } from '../config/index.ts'
import { type KnownSecrets, secretsOf } from '../hide-secrets.ts'
import type { DevMeans } from '../reload/running-config.ts'
import { type Changed, FileWatch } from './file-watch.ts'
import { HeldLog } from './held-log.ts'
import { type Trouble, troublesOf } from './trouble.ts'

/** What came of files that were saved. */
export interface Reloaded {
  readonly changes: ReloadAnswer['changes']
  /** Fields of config.yaml that take a restart. */
  readonly restart: readonly string[]
  /** Why what runs is not, or not all, what the files say. */
  readonly troubles: readonly Trouble[]
  /** Since the first of them was saved. */
  readonly ms: number
}

/** Told what happens. */
export interface DevScreen {
  started(beadle: Beadle, config: LoadedConfig): void
  /** It cannot start, and waits for files to be saved. */
  waits(troubles: readonly Trouble[]): void
  reloaded(outcome: Reloaded): void
}

export interface DevOptions {
  /** Of config.yaml. */
  readonly path: string
  readonly screen: DevScreen
  readonly start: Pick<StartOptions, 'version' | 'strays'>
  /** Learns those that the files hold: they are shown nowhere. */
  readonly secrets: KnownSecrets
  makeLog(config: LoadedConfig): Promise<Log>
}

/** Runs what a configuration describes, and takes up what is saved. */
export class Dev {
  readonly #options: DevOptions
  readonly #watch: FileWatch
  readonly #sources = new PluginSources()
  readonly #held = new HeldLog()
  #beadle: Beadle | undefined
  #failures: Error[] = []
  #closing: Promise<void> | undefined

  private constructor(options: DevOptions, watch: FileWatch) {
    this.#options = options
    this.#watch = watch
  }

  /** Begins to watch. {@link run} begins all else. */
  static async open(options: DevOptions, log: Log): Promise<Dev> {
    const folder = dirname(resolve(options.path))
    return new Dev(options, await FileWatch.open({ folder, clock: systemClock, log }))
  }

  /**
   * Runs until it is closed.
   *
   * @throws AppError when it cannot start for a reason that is not in the project's files, such as a port that is in use
   */
  async run(): Promise<void> {
    try {
      const beadle = await this.#start()
      if (!beadle) return
      for (;;) {
        const changed = await this.#watch.next()
        if (!changed) return
        await this.#take(beadle, changed)
      }
    } finally {
      await this.#watch.close()
    }
  }

  /** Ends what runs, as a shutdown does. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#watch.close()
    await this.#beadle?.close()
  }

  async #start(): Promise<Beadle | undefined> {
    for (;;) {
      try {
        return await this.#tryToStart()
      } catch (error) {
        if (!isMendable(error)) throw error
        this.#options.screen.waits(this.#troubles([error]))
        this.#watchAlso()
        if (!(await this.#watch.next())) return undefined
      }
    }
  }

  async #tryToStart(): Promise<Beadle> {
    const { path, screen, start, secrets, makeLog } = this.#options
    const config = await loadConfig(path)
    this.#means.read(config)
    secrets.add(secretsOf(config))
    const log = this.#held.over(await makeLog(config))
    const beadle = await startBeadle(config, log, { ...start, secrets, dev: this.#means })
    this.#beadle = beadle
    this.#watchAlso()
    screen.started(beadle, config)
    return beadle
  }

  readonly #means: DevMeans = {
    sources: this.#sources,
    read: ({ main }) => {
      this.#watch.add([...main.plugins, main.bots])
      this.#watch.ignore(main.data)
    },
    failed: errors => void this.#failures.push(...errors),
  }

  #troubles(errors: readonly unknown[]): Trouble[] {
    const hide = (text: string) => this.#options.secrets.hideIn(text)
    return troublesOf(errors).map(({ message, hint, place, frame }) => ({
      ...{ message: hide(message), place },
      ...{ hint: hint && hide(hint), frame: frame && hide(frame) },
    }))
  }

  /** What plugins were loaded from may be anywhere. */
  #watchAlso(): void {
    this.#watch.add(this.#sources.files)
  }

  async #take(beadle: Beadle, { files, since }: Changed): Promise<void> {
    const due = this.#sources.look()
    const isConfiguration = files.some(file => /\.ya?ml$/i.test(file))
    if (due.length === 0 && !isConfiguration && this.#failures.length === 0) return
    this.#failures = []
    const { changes, restart } = await this.#held.during(
      () => beadle.reload(),
      error => this.#failures.some(failure => comesOf(failure, error)),
    )
    this.#watchAlso()
    const troubles = this.#troubles(this.#failures)
    this.#options.screen.reloaded({ changes, restart, troubles, ms: systemClock.now() - since })
  }
}

/** Whether a failure is an error, or came of it. */
function comesOf(failure: unknown, error: unknown): boolean {
  if (failure === error) return true
  return failure instanceof Error && failure.cause !== undefined && comesOf(failure.cause, error)
}

/** Whether saving a file may help. */
function isMendable(error: unknown): boolean {
  if (error instanceof ConfigError) return true
  if (error instanceof AppError)
    return /^(plugin|command|cron|webhook|duration|template|job)\./.test(error.code)
  // What a plugin throws while it is set up; of what else may fail, there is a place in a file.
  return troublesOf([error]).some(({ place }) => place !== undefined)
}
