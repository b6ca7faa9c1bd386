#!/usr/bin/env node
// In a checkout the sources are beside this file: compile them first when they are newer than what was built.
import { existsSync } from 'node:fs'

const sources = new URL('../src/', import.meta.url)
if (existsSync(sources)) {
  const { buildIfStale } = await import('../scripts/build.mjs')
  buildIfStale()
}
await import('../dist/cli/main.js')
