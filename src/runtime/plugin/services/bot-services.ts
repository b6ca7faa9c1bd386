import { AppError } from '../../../base/errors.ts'
import type { Undo } from '../effects.ts'
import { revocable } from './revocable.ts'

/** The services of a bot's plugins, as one of them sees them. */
export interface ServiceDesk {
  /** What the plugin that is to provide it offers now. */
  find(service: string): object | undefined
  provide(service: string, value: object): Undo
}

/** What the plugins of a bot offer each other at present. */
export class BotServices {
  /** By the instance that provides it, and its name. */
  readonly #provided = new Map<string, object>()

  /**
   * @param plugin  name of the instance
   * @param sources  which instance provides what it needs and wants
   */
  deskOf(plugin: string, sources: ReadonlyMap<string, string>): ServiceDesk {
    return {
      find: service => this.#provided.get(`${sources.get(service)}/${service}`),
      provide: (service, value) => this.#provide(plugin, service, value),
    }
  }

  #provide(plugin: string, service: string, value: object): Undo {
    const { stand, revoke } = revocable(value, () => serviceGone(service, plugin))
    const key = `${plugin}/${service}`
    this.#provided.set(key, stand)
    return () => {
      revoke()
      if (this.#provided.get(key) === stand) this.#provided.delete(key)
    }
  }
}

/** @param plugin  that provided it, if that is known */
export const serviceGone = (service: string, plugin?: string): AppError =>
  new AppError(
    `the service '${service}' is gone: ${plugin === undefined ? 'the plugin that provides it' : `plugin ${plugin}, which provided it,`} was unloaded`,
    {
      code: 'service.gone',
      hint: 'Ask ctx.service for it in setup, which runs again when the plugin that provides it comes back.',
      retry: 'later',
    },
  )
