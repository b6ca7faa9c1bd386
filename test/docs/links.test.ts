import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { read, root } from './markdown.ts'

const inFolder = (folder: string) => readdirSync(join(root, folder)).map(name => join(folder, name))
const documents = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ...inFolder('docs'),
  ...inFolder('plugins')
    .map(folder => join(folder, 'README.md'))
    .filter(path => existsSync(join(root, path))),
]

/** Headings as they are linked to. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(match =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

test.each(documents)('%s links to what is there', path => {
  const links = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1]!)
  const broken = links.filter(link => {
    if (/^https?:/.test(link)) return false
    const [file, anchor] = link.split('#')
    const target = file ? join(dirname(path), file) : path
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && !anchorsOf(target).includes(anchor)
  })
  expect(broken).toEqual([])
})
