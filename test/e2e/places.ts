import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { endAll } from './program.ts'

/**
 * A folder with files, which goes when the test ends. What is no text is written as JSON, which YAML is too; its path
 * holds no more than the file's name.
 */
export function folder(files: Readonly<Record<string, unknown>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'beadle-'))
  for (const [name, content] of Object.entries(files)) write(join(path, name), content)
  onTestFinished(async () => {
    await endAll()
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  })
  return path
}

export function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  const isRaw = typeof content === 'string' || content instanceof Uint8Array
  writeFileSync(path, isRaw ? content : JSON.stringify(content, null, 2))
}

/** Ports below those that the system gives to outgoing connections: one that is free stays free over a restart. */
const FIRST = 11_000
const LAST = 31_999

const given = new Set<number>()

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
