import type { PluginContext } from 'beadle'

const KEY = 'paused'

/** Which notices are paused, also over restarts. */
export class Paused {
  readonly #state: PluginContext['state']

  constructor(state: PluginContext['state']) {
    this.#state = state
  }

  async names(): Promise<ReadonlySet<string>> {
    return new Set(await this.#state.get<string[]>(KEY))
  }

  async add(name: string): Promise<void> {
    await this.#state.update<string[]>(KEY, (names = []) => [...new Set([...names, name])])
  }

  async remove(name: string): Promise<void> {
    await this.#state.update<string[]>(KEY, (names = []) => names.filter(other => other !== name))
  }
}
