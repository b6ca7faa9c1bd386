import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { build, ROOT } from './build.ts'
import { until } from './until.ts'

export interface RunOptions {
  /** Where it runs. Default: the checkout. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** How a program ended, and all it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const running = new Set<Program>()
process.once('exit', () => {
  for (const program of running) program.signal('SIGKILL')
})

/** `node bin/beadle.js …`, in a process of its own that does not outlive the test. */
export class Program {
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  stdout = ''
  stderr = ''
  #isRunning = true

  private constructor(child: ChildProcess) {
    this.#child = child
    running.add(this)
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        this.#isRunning = false
        running.delete(this)
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })
      })
    })
  }

  static async start(args: readonly string[], { cwd = ROOT, env = {} }: RunOptions = {}): Promise<Program> {
    await build()
    // Nothing of the environment in which the tests run.
    const { PATH = '', HOME = '', TMPDIR } = process.env
    const child = spawn(process.execPath, [join(ROOT, 'bin/beadle.js'), ...args], {
      cwd,
      env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const program = new Program(child)
    onTestFinished(async () => {
      await program.kill()
    })
    return program
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Everything it said. */
  get output(): string {
    return `${this.stdout}${this.stderr}`
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<Ended> {
    if (this.#isRunning) this.signal('SIGKILL')
    return this.ended
  }

  /** Tells it to end. */
  async stop(): Promise<Ended> {
    if (this.#isRunning) this.signal('SIGTERM')
    return this.ended
  }

  /** Resolves once it has said something on standard output, and fails when it ends before that. */
  async says(what: RegExp): Promise<void> {
    await until(`the program says ${what}`, () => {
      if (what.test(this.stdout)) return true
      if (!this.#isRunning) throw new Error(`the program ended:\n${this.output}`)
      return false
    })
  }
}

/** Runs the program to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return (await Program.start(args, options)).ended
}

/** Ends what still runs. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map(program => program.kill()))
}
