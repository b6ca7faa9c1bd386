import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import * as dead from '../../src/cli/dead.ts'
import * as events from '../../src/cli/events.ts'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { poster, postHouse, printed } from './events-house.ts'
import { typed } from './typed.ts'

test('events are listed and shown, for people and for programs', async () => {
  const { path, post } = await postHouse()
  const id = await post({ text: 'world\u001b[2J' })
  const options = { config: path, limit: '50' }
  const listed = await printed(() => events.list({ ...options, type: 'webhook' }))
  expect(listed.out).toMatch(/^EVENT +WHEN +TYPE +FOR +STATE +WHAT\n/)
  expect(listed.out).toMatch(new RegExp(`${id} .* webhook +porter/poster +done +post .*world`))
  const json = JSON.parse((await printed(() => events.list({ ...options, type: 'webhook', json: true }))).out)
  expect(json).toMatchObject([{ event: id, bot: 'porter', state: 'done', data: { name: 'post' } }])
  const shown = await printed(() => events.show(id.slice(-6), { config: path }))
  expect(shown.out).toContain(`event         ${id}`)
  expect(shown.out).toMatch(/porter\/poster {2}done, .*\n {4}messages\.send group:10000001 {2}"hello world/)
  expect(shown.out).toMatch(/\(sent, message \d+\)/)
  expect(shown.out).not.toContain('\u001b')
  const record = JSON.parse((await printed(() => events.show(id, { config: path, json: true }))).out)
  expect(record).toMatchObject({ id, deliveries: [{ calls: [{ endpoint: 'messages.send' }] }] })
  const none = await printed(() => events.list({ ...options, state: 'dead' }))
  expect(none).toEqual({ out: 'There are no such events.\n', code: 0 })
})

test('a dry run tells how what would be done differs from what was done, and does nothing', async () => {
  const { here, path, post, texts, rewrite } = await postHouse()
  const id = await post({ text: 'world' })
  const dry = (more: object = {}) =>
    printed(() => events.replay([id], { config: path, dryRun: true, wait: '10s', ...more }))
  const same = await dry()
  expect(same).toEqual({
    out: `${id}  webhook  porter/poster\n  = messages.send group:10000001  "hello world"\n`,
    code: 0,
  })
  rewrite(poster('good evening'))
  const { out } = await dry()
  expect(out).toContain('  ~ messages.send group:10000001  "good evening world"\n')
  expect(out).toContain('- body.msg_body.text: "hello world"\n')
  expect(out).toContain('+ body.msg_body.text: "good evening world"\n')
  expect(JSON.parse((await dry({ json: true })).out)).toMatchObject([
    { event: id, differences: [{ kind: 'changed' }] },
  ])
  const unknown = await dry({ bot: 'porter', plugin: 'other' })
  expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining("has no plugin 'other' now") })
  expect(await texts()).toEqual(['hello world'])
  const beside = await run(['events', 'replay', id, '--dry-run'], { cwd: here })
  expect(beside).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('  ~ messages.send') })
})

test('an event is said again by the running Beadle', async () => {
  const { path, post, texts, beadle } = await postHouse()
  const id = await post({ text: 'world' })
  const replayed = await printed(() => events.replay([id], { config: path, again: true, wait: '10s' }))
  expect(replayed.code).toBe(0)
  expect(replayed.out).toMatch(/^\w{26} porter\/poster: is handled as a new event\n$/)
  await vi.waitFor(() => expect(beadle.runtime.waiting).toBe(0))
  expect(await texts()).toEqual(['hello world', 'hello world'])
  const once = await printed(() => events.replay([id], { config: path, wait: '10s' }))
  expect(once).toEqual({ out: `${id} porter/poster: is handled again\n`, code: 0 })
  expect(await texts()).toEqual(['hello world', 'hello world'])
})

test('recorded events are replayed from their file', async () => {
  const { here, path, post, texts } = await postHouse()
  const first = await post({ text: 'one' })
  await post({ text: 'two' })
  const file = join(here, 'events.jsonl')
  const options = { config: path, limit: '1000' }
  const written = await printed(() => events.record(file, options))
  expect(written.out).toBe(`${file}: 2 events\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('{"beadle":1,"kind":"events"}')
  await expect(events.record(file, options)).rejects.toThrow('is there already')
  const again = { ...options, id: [first], force: true, json: true }
  expect(JSON.parse((await printed(() => events.record(file, again))).out)).toEqual({ file, events: 1 })
  const dry = { config: path, from: file, dryRun: true, wait: '1s' }
  expect((await printed(() => events.replay([], dry))).out).toContain('= messages.send')
  await printed(() => events.replay([], { config: path, from: file, again: true, wait: '10s' }))
  await vi.waitFor(async () => expect(await texts()).toEqual(['hello one', 'hello two', 'hello one']))
})

test('dead letters are listed, shown, tried again and dropped', async () => {
  const { path, post } = await postHouse()
  await post({ text: 'world', fail: true })
  await post({ text: 'nobody', gid: 10009999 })
  const list = () => printed(() => dead.list({ config: path, limit: '50' }))
  const { out } = await list()
  expect(out).toMatch(/^ID +AGE +FROM +WHAT +TARGET +STATE +ERROR\n/)
  expect(out).toMatch(/d-\w{12} +\d+s +porter\/poster +webhook .* dead +Error: a mistake/)
  expect(out).toMatch(/c-\w{12} +\d+s +porter\/poster +messages\.send +group:10009999 +failed +.*899006/)
  const call = /c-\w{12}/.exec(out)![0]
  expect((await printed(() => dead.show(call.slice(0, 6), { config: path }))).out).toContain(
    'target    group:10009999',
  )
  const settle = (how: 'replay' | 'drop', ids: string[], more: object = {}) =>
    printed(() => dead.settle(how, ids, { config: path, wait: '10s', ...more }))
  expect((await settle('drop', [call])).out).toContain(': is dropped\n')
  expect((await list()).out).not.toContain(call)
  await settle('drop', [], { all: true })
  expect((await list()).out).toBe('There are no dead letters.\n')
  expect((await settle('drop', [], { all: true })).out).toBe('There was nothing to do.\n')
  await expect(settle('drop', [])).rejects.toThrow('say which ones')
  await expect(settle('drop', [call])).rejects.toThrow(`there is no dead letter ${call}`)
})

test('what nobody does now is done at the next start, and the command says so', async () => {
  const { path, post, beadle, start } = await postHouse()
  const id = await post({ text: 'world' })
  await beadle.close(0)
  const given = await printed(() => events.replay([id], { config: path, again: true, wait: '0' }))
  expect(given).toMatchObject({ code: 2, out: expect.stringContaining('No Beadle has taken it up yet') })
  const { runtime } = await start()
  const list = () => printed(() => events.list({ config: path, limit: '9', type: 'webhook', json: true }))
  await vi.waitFor(async () => expect(JSON.parse((await list()).out)).toHaveLength(2), 10_000)
  await vi.waitFor(() => expect(runtime.waiting).toBe(0))
})

test.each([
  [{ limit: '0' }, '--limit 0: must be a number from 1 to'],
  [{ since: 'yesterday' }, '--since yesterday: must be a length of time'],
  [{ state: 'lost' }, '--state lost: must be one of pending, done, dead, dropped'],
])('a filter %j is told to be wrong', async (filter, message) => {
  await expect(events.list({ config: 'config.yaml', limit: '50', ...filter })).rejects.toThrow(message)
})

test.each([
  [[], {}, 'say which events'],
  [['A'], { from: 'x' }, 'say which events'],
  [[], { from: 'x' }, '--from needs --dry-run, or --again'],
  [['A'], { dryRun: true, again: true }, 'exclude each other'],
  [['A'], { wait: 'long' }, '--wait long: must be a length of time'],
])('a replay of %j with %j is refused', async (ids, options, message) => {
  const given = { config: 'config.yaml', wait: '10s', ...options }
  await expect(events.replay(ids, given)).rejects.toThrow(message)
})

test('the program tells where there is no database, and knows its commands', async () => {
  const here = folder({
    'config.yaml': config({ listen: '127.0.0.1:0' }),
    'bots/porter.yaml': { username: 'porter-bot' },
  })
  const list = await typed(['events', 'list'], { cwd: here })
  const help = await typed(['events', 'replay', '--help'])
  expect(list).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no database') })
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--dry-run') })
})
