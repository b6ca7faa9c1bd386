import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as beadle from 'beadle'
import * as testing from 'beadle/testing'
import ts from 'typescript'
import { expect, onTestFinished, test } from 'vitest'
import { fencesOf, read } from './markdown.ts'

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>

test('the test with a recording goes as docs/events.md says', async () => {
  const fences = fencesOf(read('docs/events.md'), 'Recording')
  const [example] = fences.filter(({ language }) => language === 'ts')
  const [file] = fences.filter(({ language }) => language === 'json')
  const folder = mkdtempSync(join(tmpdir(), 'docs-events-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'post.jsonl'), file!.code)
  const program = example!.code
    .replace(/^import (.*) from 'beadle'$/m, 'const $1 = beadle')
    .replace(/^import (.*) from 'beadle\/testing'$/m, 'const $1 = testing')
    .replace(/^import .* from 'vitest'$/m, '')
    .replace('fixtures/', `${folder}/`)
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  const { outputText } = ts.transpileModule(program, { compilerOptions })
  const bodies: (() => Promise<void>)[] = []
  const collect = (_: string, body: () => Promise<void>) => void bodies.push(body)
  await new AsyncFunction('beadle', 'testing', 'expect', 'test', outputText)(beadle, testing, expect, collect)
  expect(bodies).toHaveLength(1)
  for (const body of bodies) await body()
})
