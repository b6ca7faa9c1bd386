import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../docs/markdown.ts'
import { build } from '../e2e/build.ts'

let folder: string

beforeAll(async () => {
  await build()
  folder = mkdtempSync(join(tmpdir(), 'beadle-node-test-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/beadle'), 'dir')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** In plain JavaScript, as the oldest Node that is supported reads it. */
const TEST = `
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definePlugin } from 'beadle'
import { world } from 'beadle/testing'

const hello = definePlugin({ name: 'hello', setup: ctx => ctx.command('ping', () => 'pong') })

test('answers', async t => {
  const w = await world({ plugins: [{ use: hello }] })
  t.after(() => w.close())
  await w.alice.says('/ping')
  await w.group.expect('pong')
  await assert.rejects(w.group.expect('pang'), /no bot said "pang" in square/)
})
`

test('the kit needs no test runner but that of Node', () => {
  writeFileSync(join(folder, 'hello.test.mjs'), TEST)
  const { status, stdout } = spawnSync(process.execPath, ['--test', 'hello.test.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  })
  expect(stdout).toMatch(/pass 1\b/)
  expect(status).toBe(0)
})
