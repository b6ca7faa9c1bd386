import * as beadle from 'beadle'
import * as testing from 'beadle/testing'
import ts from 'typescript'
import { expect } from 'vitest'

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>

/** Runs an example that has tests in it; resolves with how many there were. */
export async function runExample(code: string): Promise<number> {
  const program = code
    .replace(/^import (.*) from 'beadle'$/m, 'const $1 = beadle')
    .replace(/^import (.*) from 'beadle\/testing'$/m, 'const $1 = testing')
    .replace(/^import .* from 'vitest'$/m, '')
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  const { outputText } = ts.transpileModule(program, { compilerOptions })
  const bodies: (() => Promise<void>)[] = []
  const collect = (_: string, body: () => Promise<void>) => void bodies.push(body)
  await new AsyncFunction('beadle', 'testing', 'expect', 'test', outputText)(beadle, testing, expect, collect)
  for (const body of bodies) await body()
  return bodies.length
}
