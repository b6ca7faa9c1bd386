import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fencesOf, read } from './markdown.ts'
import { runExample } from './run-example.ts'

test('the test with a recording goes as docs/events.md says', async () => {
  const fences = fencesOf(read('docs/events.md'), 'Recording')
  const [example] = fences.filter(({ language }) => language === 'ts')
  const [file] = fences.filter(({ language }) => language === 'json')
  const folder = mkdtempSync(join(tmpdir(), 'docs-events-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'post.jsonl'), file!.code)
  expect(await runExample(example!.code.replace('fixtures/', `${folder}/`))).toBe(1)
})
