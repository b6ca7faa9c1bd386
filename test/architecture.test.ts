import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Who may import whom: each room, and the rooms below it. `face` is src/index.ts. */
const floors: Record<string, readonly string[]> = {
  base: [],
  protocol: ['base'],
  store: ['base'],
  client: ['base', 'protocol'],
  server: ['base', 'protocol', 'store'],
  runtime: ['base', 'protocol', 'client', 'store'],
  console: ['base', 'runtime', 'server'],
  face: ['base', 'protocol', 'client', 'runtime'],
  testing: ['base', 'protocol', 'client', 'store', 'server', 'runtime', 'face'],
  app: ['base', 'protocol', 'client', 'store', 'server', 'runtime', 'console', 'face'],
  cli: ['base', 'app'],
}

const LONGEST_FILE = 300

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && /\.(ts|tsx|mjs|js)$/.test(entry.name))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
}

const roomOf = (path: string): string => {
  const parts = path.split(sep)
  return parts.length === 2 ? 'face' : parts[1]!
}

const importsOf = (path: string): string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    match => match[1]!,
  )

describe('the house', () => {
  const sources = filesBelow('src')

  test('has a floor for every room', () => {
    expect([...new Set(sources.map(roomOf))].filter(room => !(room in floors))).toEqual([])
  })

  test('has no import that goes upward', () => {
    const upward = sources.flatMap(path =>
      importsOf(path)
        .filter(name => name.startsWith('.'))
        .map(name => roomOf(relative(root, join(root, dirname(path), name))))
        .filter(room => room !== roomOf(path) && !floors[roomOf(path)]!.includes(room))
        .map(room => `${path} imports ${room}`),
    )
    expect(upward).toEqual([])
  })

  test('lets plugins import only the public face, their own files and packages', () => {
    const foreign = filesBelow('plugins').flatMap(path =>
      importsOf(path)
        .filter(name => name.startsWith('..'))
        .map(name => `${path} imports ${name}`),
    )
    expect(foreign).toEqual([])
  })

  test(`has no file of more than ${LONGEST_FILE} lines that does not say why in its first`, () => {
    const long = [...sources, ...filesBelow('plugins'), ...filesBelow('test'), ...filesBelow('bench')].filter(
      path => {
        const text = readFileSync(join(root, path), 'utf8')
        return text.split('\n').length > LONGEST_FILE + 1 && !text.startsWith('// Long because ')
      },
    )
    expect(long).toEqual([])
  })
})
