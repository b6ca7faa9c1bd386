import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** A terminal in which commands are pasted. */
export class Shell {
  readonly #bash: ChildProcessWithoutNullStreams
  #output = ''
  #onData = () => {}
  #count = 0

  constructor(folder: string) {
    // A group of its own, so that what runs in the background ends with it.
    this.#bash = spawn('bash', ['--noprofile', '--norc'], { cwd: folder, detached: true })
    for (const stream of [this.#bash.stdout, this.#bash.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        this.#output += text
        this.#onData()
      })
    }
  }

  /** Runs commands; resolves with the lines they printed. */
  async run(commands: string): Promise<string[]> {
    const end = `--end-${++this.#count}--`
    const before = this.#output.length
    this.#bash.stdin.write(`{ ${commands}\n} 2>&1 </dev/null\necho ${end}\n`)
    await new Promise<void>(resolve => {
      this.#onData = () => {
        if (this.#output.endsWith(`${end}\n`)) resolve()
      }
      this.#onData()
    })
    const printed = this.#output.slice(before, -end.length - 1)
    return printed === '' ? [] : printed.replace(/\n$/, '').split('\n')
  }

  /** Ends it, and what it left in the background. */
  close(): void {
    try {
      process.kill(-this.#bash.pid!, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
}
