import { formatWithOptions } from 'node:util'
import ts from 'typescript'
import { expect, onTestFinished, test } from 'vitest'
import * as api from '../../src/client/index.ts'
import { startServer } from '../../src/server/index.ts'
import { fencesOf, read } from './markdown.ts'

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>

test('the examples of the client go as they say', async () => {
  const fences = fencesOf(read('docs/client.md'))
  const [first, ...examples] = fences.filter(({ language }) => language === 'ts')
  const shown = fences.filter(({ language }) => language === 'text').map(({ code }) => code)
  const [appKey, masterSecret] = [...first!.code.matchAll(/'(\w{24})'/g)].map(match => match[1]!)
  const apps = [{ appKey: appKey!, masterSecret: masterSecret! }]
  const server = await startServer({ listen: { host: '127.0.0.1', port: 0 }, data: ':memory:', apps })
  onTestFinished(() => server.close())

  // One program: what the first one declares is there in the others, each of which has a scope of its own.
  const program = [first!.code, ...examples.map(({ code }) => `{\n${code}\n}\ndone()`)]
    .join('\n')
    .replace(/^import (.*) from 'beadle\/client'$/m, 'const $1 = api')
    .replace('http://127.0.0.1:7070', server.url)
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }
  const { outputText } = ts.transpileModule(program, { compilerOptions })
  const printed: string[] = []
  let lines: string[] = []
  const console = { log: (...values: unknown[]) => lines.push(formatWithOptions({}, ...values)) }
  const done = () => {
    if (lines.length > 0) printed.push(lines.join('\n'))
    lines = []
  }
  await new AsyncFunction('api', 'console', 'done', outputText)(api, console, done)
  expect(printed).toEqual(shown)
})
