import { expect } from 'vitest'
import { type Fence, looksLike } from './markdown.ts'
import type { Program } from './program.ts'
import { Shell } from './shell.ts'

/** A person looks again when the answer is not there yet; so does the test, for so long. */
const PATIENCE_MS = 20_000
/** What only looks may be run again. */
const LOOK = /^(square|report|grep)\b/

/** A terminal into which the blocks of a document are pasted, while a program runs. */
export class Terminal {
  readonly #program: Program
  readonly #shell: Shell

  constructor(program: Program) {
    this.#program = program
    this.#shell = new Shell(program.folder)
  }

  /** Pastes every block of commands, each with the output that is shown after it. */
  async paste(fences: readonly Fence[]): Promise<void> {
    for (const [at, fence] of fences.entries()) {
      if (fence.language !== 'sh') continue
      const next = fences[at + 1]
      const shown = next?.language === 'text' ? this.#program.here(next.code).split('\n') : []
      await this.#pasteOne(fence, shown)
    }
  }

  close(): void {
    this.#shell.close()
  }

  async #pasteOne({ code, line }: Fence, shown: readonly string[]): Promise<void> {
    let at = 0
    for (const command of commandsOf(this.#program.command(code))) {
      const lines = await this.#run(command, printed => shown.slice(at, at + printed.length))
      const expected = shown.slice(at, at + lines.length)
      const message = `${command}\n(in the block at line ${line})`
      expect(lines, message).toSatisfy(() => looksLike(lines, expected), expected.join('\n'))
      at += lines.length
    }
    expect(shown.slice(at), `shown, but not printed, by the block at line ${line}`).toEqual([])
  }

  /** Runs a command; one that only looks until it sees what is expected, or for a while. */
  async #run(command: string, expected: (printed: readonly string[]) => string[]): Promise<string[]> {
    if (!LOOK.test(command)) return this.#shell.run(command)
    const until = Date.now() + PATIENCE_MS
    await this.#program.settled()
    for (;;) {
      const lines = await this.#shell.run(command)
      if (looksLike(lines, expected(lines)) || Date.now() > until) return lines
    }
  }
}

/** The commands of a block: the lines of a function are one. */
function commandsOf(code: string): string[] {
  const commands: string[] = []
  let isInside = false
  for (const line of code.split('\n')) {
    if (isInside) commands.push(`${commands.pop()}\n${line}`)
    else if (line.trim() !== '') commands.push(line)
    isInside = isInside ? line !== '}' : /^\w+\(\) \{$/.test(line)
  }
  return commands
}
