import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ROOT } from './build.ts'

export interface HostedRun {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** How a command ended, and what it said. */
export interface HostedEnd {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A process that runs commands one after the other: to load all they are made of takes longer than most of them. */
class CommandsHost {
  readonly #child: ChildProcess
  #isBusy = false
  hasEnded = false

  constructor() {
    this.#child = fork(fileURLToPath(new URL('commands-host.mjs', import.meta.url)), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child.once('exit', () => {
      this.hasEnded = true
    })
    // It is there as long as the tests are.
    this.#child.unref()
    this.#child.channel!.unref()
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  async run(command: HostedRun): Promise<HostedEnd> {
    this.#isBusy = true
    this.#child.channel!.ref()
    try {
      return await new Promise((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`the host of commands ended with ${code}`))
        this.#child.once('exit', onExit)
        this.#child.once('message', answer => {
          this.#child.off('exit', onExit)
          resolve(answer as HostedEnd)
        })
        this.#child.send({ ...command, main: pathToFileURL(join(ROOT, 'dist/cli/main.js')).href })
      })
    } finally {
      this.#isBusy = false
      this.#child.channel?.unref()
    }
  }
}

let host: CommandsHost | undefined

/** The host, if it has nothing to do. */
export function freeHost(): CommandsHost | undefined {
  if (!host || host.hasEnded) host = new CommandsHost()
  return host.isBusy ? undefined : host
}
