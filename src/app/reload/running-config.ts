import { systemClock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import { type Log, silentLog } from '../../base/log.ts'
import type { BotSpec } from '../../runtime/options.ts'
import type { PluginSources } from '../../runtime/plugin/loading/plugin-sources.ts'
import type { ReloadAnswer } from '../../runtime/reloads/reloads.ts'
import type { BotProblem } from '../../runtime/roster/applier.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { ConfigError, formatProblem, type LoadedConfig, loadConfig } from '../config/index.ts'
import { type KnownSecrets, secretsOf } from '../hide-secrets.ts'
import { loadBotSpecs } from '../plugins.ts'
import { configHash } from './config-hash.ts'
import { restartFields } from './restart-fields.ts'

export interface RunningConfigOptions {
  /** With which it was started. */
  readonly config: LoadedConfig
  readonly bots: readonly BotSpec[]
  readonly runtime: () => Pick<Runtime, 'bots' | 'apply'> | undefined
  /** Learns of the secrets of what is read. */
  readonly secrets: KnownSecrets
  readonly log: Log
  /** Default: from its files. */
  readonly reread?: (() => Promise<LoadedConfig>) | undefined
  readonly dev?: DevMeans | undefined
}

/** What whoever develops has besides. */
export interface DevMeans {
  /** Plugins whose files are other than these are loaded anew. */
  readonly sources: PluginSources
  /** Told what was read. */
  read(config: LoadedConfig): void
  /** Told why what was read is not at work, or not all of it. */
  failed(errors: readonly Error[]): void
}

/** How the last reload ended that was not, or not wholly, applied. */
export interface Refusal {
  /** Epoch ms. */
  readonly at: number
  readonly problems: readonly string[]
}

/** More of them help nobody. */
const MOST_PROBLEMS = 50

/** The configuration that is at work, and the reading of it anew. */
export class RunningConfig {
  readonly #options: RunningConfigOptions
  #wanted: readonly BotSpec[]
  #inOrder: Promise<unknown> = Promise.resolve()
  #state: { readonly hash: string; readonly loadedAt: number } | undefined
  #refusal: Refusal | undefined
  #restart: readonly string[] = []

  constructor(options: RunningConfigOptions) {
    // Whoever develops is told in another way.
    this.#options = options.dev ? { ...options, log: silentLog } : options
    this.#wanted = options.bots
  }

  /** Bots that are at work, or about to be. */
  get bots(): readonly BotSpec[] {
    return [...this.#wanted, ...this.#running]
  }

  /** Of what runs, and since when it does (epoch ms); `undefined` before it does. */
  get state(): { readonly hash: string; readonly loadedAt: number } | undefined {
    return this.#state
  }

  /** Why the files are not what runs, if the last reload failed. */
  get refusal(): Refusal | undefined {
    return this.#refusal
  }

  /** Fields that take a restart, by the last reload. */
  get restart(): readonly string[] {
    return this.#restart
  }

  /** To be called once the bots are up. */
  begin(): void {
    this.#state = { hash: this.#hash(), loadedAt: systemClock.now() }
  }

  /**
   * Reads the files anew and applies what they say, one reload after the other. Where anything in them is wrong, nothing
   * is changed.
   */
  reload(): Promise<ReloadAnswer> {
    const done = this.#inOrder.then(() => this.#reload())
    this.#inOrder = done
    return done
  }

  async #reload(): Promise<ReloadAnswer> {
    const { log } = this.#options
    try {
      const { changes, problems } = await this.#read()
      if (problems.length > 0) this.#options.dev?.failed(problems.map(({ error }) => error))
      const answer = this.#answer(changes, problems.map(problemOf))
      const { hash, restart } = answer
      if (answer.ok) log.info({ bots: changes.length, restart, hash }, 'the configuration was reloaded')
      else log.error({ problems: answer.problems, hash }, 'the configuration was reloaded in part')
      return answer
    } catch (thrown) {
      const error = asError(thrown)
      this.#options.dev?.failed([error])
      const answer = this.#answer([], error instanceof ConfigError ? textsOf(error) : [textOf(error)])
      const { problems, hash } = answer
      log.error({ problems, hash }, 'the configuration was not reloaded; nothing has changed')
      return answer
    }
  }

  async #read() {
    const { config, secrets, runtime, dev, reread = () => loadConfig(config.path) } = this.#options
    const read = await reread()
    secrets.add(secretsOf(read))
    dev?.read(read)
    const due = dev?.sources.due
    const specs = await loadBotSpecs(read, this.#running, dev?.sources)
    this.#wanted = specs
    this.#restart = restartFields(config.written, read.written)
    const applied = await runtime()!.apply(specs)
    if (due && applied.problems.length === 0) {
      dev!.sources.done(due)
      dev!.sources.keepOnly(
        new Set(specs.flatMap(({ plugins }) => plugins.flatMap(({ file }) => file ?? []))),
      )
    }
    return applied
  }

  #answer(changes: ReloadAnswer['changes'], problems: readonly string[]): ReloadAnswer {
    const { secrets } = this.#options
    const ok = problems.length === 0
    const at = systemClock.now()
    const hash = this.#hash()
    this.#state = ok || changes.length > 0 ? { hash, loadedAt: at } : this.#state
    const shown = problems.slice(0, MOST_PROBLEMS).map(text => secrets.hideIn(text))
    if (problems.length > MOST_PROBLEMS) shown.push(`… and ${problems.length - MOST_PROBLEMS} more`)
    this.#refusal = ok ? undefined : { at, problems: shown }
    return { ok, hash, changes, restart: this.#restart, problems: shown }
  }

  get #running(): readonly BotSpec[] {
    return this.#options.runtime()?.bots ?? []
  }

  #hash(): string {
    return configHash(this.#options.config.written, this.#running)
  }
}

const textsOf = ({ problems }: ConfigError): string[] => problems.map(formatProblem)

function textOf(error: Error): string {
  const { hint } = error as { hint?: unknown }
  return typeof hint === 'string' ? `${error.message}\n  hint: ${hint}` : error.message
}

const problemOf = ({ bot, error }: BotProblem): string => `bot ${bot}: ${textOf(error)}`
