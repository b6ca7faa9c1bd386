import { AppError } from '../../../base/errors.ts'
import type { Effects } from '../effects.ts'
import { type ServiceDesk, serviceGone } from './bot-services.ts'
import type { AnyService, ServiceUse } from './service.ts'

export interface OwnServicesOptions {
  /** Name of the instance. */
  readonly plugin: string
  readonly use: ServiceUse
  /** Absent in a thread. */
  readonly desk: ServiceDesk | undefined
  readonly effects: Pick<Effects, 'add'>
}

const isAmong = (list: readonly AnyService[] | undefined, service: string): boolean =>
  list?.some(one => one.service === service) ?? false

/** What a plugin of a bot does with services. */
export class OwnServices {
  readonly #options: OwnServicesOptions
  readonly #provided = new Set<string>()

  constructor(options: OwnServicesOptions) {
    this.#options = options
  }

  /** @throws AppError `service.undeclared`, `service.gone` */
  find({ service }: AnyService): object | undefined {
    const { plugin, use, desk } = this.#options
    const isNeeded = isAmong(use.needs, service)
    if (!isNeeded && !isAmong(use.wants, service)) {
      throw new AppError(
        `plugin ${plugin} asks for the service '${service}' and does not say that it needs it`,
        {
          code: 'service.undeclared',
          hint: 'Name it in needs or wants of definePlugin.',
        },
      )
    }
    const found = desk?.find(service)
    if (isNeeded && !found) throw serviceGone(service)
    return found
  }

  /** @throws AppError `service.undeclared`, `service.twice`, `service.value` */
  provide({ service }: AnyService, value: unknown): void {
    const { plugin, use, desk, effects } = this.#options
    if (!isAmong(use.provides, service)) {
      throw new AppError(`plugin ${plugin} provides the service '${service}' and does not say so`, {
        code: 'service.undeclared',
        hint: 'Name it in provides of definePlugin.',
      })
    }
    if (this.#provided.has(service)) {
      throw new AppError(`plugin ${plugin} provides the service '${service}' twice`, {
        code: 'service.twice',
      })
    }
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      throw new AppError(`the service '${service}' of plugin ${plugin} is neither an object nor a function`, {
        code: 'service.value',
      })
    }
    this.#provided.add(service)
    if (desk) effects.add(`service ${service}`, desk.provide(service, value))
  }

  /**
   * To be called when `setup` has ended.
   *
   * @throws AppError `service.not-provided`
   */
  demandAll(): void {
    const { plugin, use } = this.#options
    const missing = use.provides?.find(({ service }) => !this.#provided.has(service))
    if (!missing) return
    throw new AppError(`plugin ${plugin} is to provide the service '${missing.service}', and has not`, {
      code: 'service.not-provided',
      hint: 'Call ctx.provide before setup ends.',
    })
  }
}
