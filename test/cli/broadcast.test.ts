import { expect, test, vi } from 'vitest'
import * as broadcast from '../../src/cli/broadcast.ts'
import { postHouse, printed } from './events-house.ts'

test('a broadcast is begun, watched and undone by the running Beadle', async () => {
  const { path, texts } = await postHouse()
  const options = { config: path, wait: '10s' }
  const groups = ['10000001', '10009999', '10000001']
  const begun = await printed(() => broadcast.start({ ...options, text: 'to all of you', group: groups }))
  expect(begun.out).toMatch(/^\w{26}: begun: 2 targets.*\n$/)
  const id = begun.out.slice(0, 26)
  const shown = () => printed(() => broadcast.show(id.slice(-6), { config: path, limit: '100' }))
  await vi.waitFor(async () => expect((await shown()).out).toContain('state      done'), 10_000)
  const { out } = await shown()
  expect(out).toContain('targets    2: 1 sent, 1 failed\n')
  expect(out).toMatch(/group 10000001 +sent +\d+\n/)
  expect(out).toMatch(/group 10009999 +failed .*899006/)
  expect(await texts()).toEqual(['to all of you'])
  const listed = await printed(() => broadcast.list({ config: path, limit: '20' }))
  expect(listed.out).toMatch(new RegExp(`${id} .* porter +done +1/2 +to all of you\n`))
  const undone = await printed(() => broadcast.move('undo', id, options))
  expect(undone).toEqual({ out: expect.stringMatching(/^It is und(oing|one)\.\n$/), code: 0 })
  await vi.waitFor(async () => expect(await texts()).toEqual([]), 10_000)
  const resumed = await printed(() => broadcast.move('resume', id, options))
  expect(resumed).toEqual({ out: expect.stringMatching(/^No: it is und(oing|one)\.\n$/), code: 1 })
  const failed = await printed(() =>
    broadcast.show(id, { config: path, limit: '9', state: 'failed', json: true }),
  )
  expect(JSON.parse(failed.out)).toMatchObject({ broadcast: { total: 2 }, results: [{ state: 'failed' }] })
})

test('a broadcast that is begun paused sends nothing until it is resumed', async () => {
  const { path, texts } = await postHouse()
  const options = { config: path, wait: '10s' }
  const more = { text: 'wait for it', group: ['10000001'], paused: true, title: 'waiting' }
  const { out } = await printed(() => broadcast.start({ ...options, ...more }))
  const id = out.slice(0, 26)
  expect(out).toContain(': begun, paused: 1 target')
  const listed = await printed(() => broadcast.list({ config: path, limit: '20', json: true }))
  expect(JSON.parse(listed.out)).toMatchObject([{ id, state: 'paused', title: 'waiting', sent: 0 }])
  expect((await printed(() => broadcast.move('resume', id, options))).out).toBe('It is running.\n')
  await vi.waitFor(async () => expect(await texts()).toEqual(['wait for it']), 10_000)
})

test('what is wrong with a broadcast is told', async () => {
  const { path } = await postHouse()
  const options = { config: path, wait: '10s', text: 'hello' }
  await expect(broadcast.start(options)).rejects.toThrow('say to whom')
  const start = (more: object) => printed(() => broadcast.start({ ...options, ...more }))
  await expect(start({ group: ['x'] })).rejects.toThrow('to.groups[0]')
  await expect(start({ group: ['1'], bot: 'ghost' })).rejects.toThrow('there is no bot ghost')
  const show = (id: string, more = {}) => broadcast.show(id, { config: path, limit: '9', ...more })
  await expect(show('ABCDEF')).rejects.toThrow('there is no broadcast ABCDEF')
  await expect(show('A', { state: 'lost' })).rejects.toThrow('--state lost: must be one of waiting')
  for (const limit of ['0', '-1', '1.5', '1001', 'all']) {
    const refusal = `--limit ${limit}: must be a number from 1 to 1000`
    await expect(show('A', { limit })).rejects.toThrow(refusal)
    await expect(broadcast.list({ config: path, limit })).rejects.toThrow(refusal)
  }
  expect((await printed(() => broadcast.list({ config: path, limit: '20' }))).out).toBe(
    'There are no broadcasts.\n',
  )
})

test('a broadcast is watched until it has ended', async () => {
  const { path, texts } = await postHouse()
  const options = { config: path, wait: '10s', text: 'to you', group: ['10000001'], user: ['alice', 'bobby'] }
  const { out, code } = await printed(() => broadcast.start({ ...options, follow: true }))
  expect(code).toBe(0)
  expect(out).toMatch(/^\w{26}: begun: 3 targets.*\nbroadcast {2}\w{26}\n/)
  expect(out).toContain('state      done\n')
  expect(await texts()).toEqual(['to you'])
  const again = await printed(() => broadcast.watch(out.slice(0, 26), { config: path, json: true }))
  const state = { state: 'done', done: 3, sent: 3, failed: 0, total: 3, percent: 100 }
  expect(JSON.parse(again.out)).toMatchObject(state)
  const both = await printed(() => broadcast.start({ ...options, follow: true, json: true }))
  const lines = both.out.trimEnd().split('\n')
  expect(JSON.parse(lines[0]!)).toMatchObject({ done: true, id: expect.any(String), total: 3 })
  expect(JSON.parse(lines.at(-1)!)).toMatchObject(state)
})
