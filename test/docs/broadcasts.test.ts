import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as beadle from 'beadle'
import { world } from 'beadle/testing'
import { expect, onTestFinished, test } from 'vitest'
import { PluginLoader } from '../../src/runtime/plugin/loading/loader.ts'
import { fencesOf, read } from './markdown.ts'

/** The plugin that the document begins with. */
async function crier() {
  const folder = mkdtempSync(join(tmpdir(), 'docs-broadcasts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [example] = fencesOf(read('docs/broadcasts.md'))
  writeFileSync(join(folder, 'crier.ts'), example!.code)
  return new PluginLoader({ folders: [folder], publicFace: beadle }).load('crier')
}

test('the plugin of docs/broadcasts.md tells all groups, says how far it is, and takes it back', async () => {
  await using w = await world({
    groups: ['square', 'market', 'park'],
    plugins: [{ use: await crier(), config: { groups: [10000001, 10000002, 10000003] } }],
    bot: { roles: { owner: ['alice'] } },
  })
  const last = async () => (await w.texts({ group: 'square' })).at(-1)
  await w.say({ from: 'alice', group: 'square', text: '/cry Fire!' })
  const [broadcast] = await w.runtime.broadcasts.list()
  await broadcast!.done()
  expect(await w.texts({ group: 'square' })).toEqual(
    expect.arrayContaining(['Fire!', expect.stringMatching(/^3 groups, \d+ s$/)]),
  )
  expect(await w.texts({ group: 'park' })).toEqual(['Fire!'])
  await w.say({ from: 'bobby', group: 'square', text: '/how-far' })
  expect(await last()).toBe('done: 3 of 3, 0 failed')
  await w.say({ from: 'alice', group: 'square', text: '/oops' })
  expect(await last()).toBe('taking it back')
  expect(await broadcast!.done()).toMatchObject({ state: 'undone', retracted: 3 })
  expect(await w.texts({ group: 'park' })).toEqual([])
  await w.say({ from: 'alice', group: 'square', text: '/oops' })
  expect(await last()).toBe('nothing to take back')
})
