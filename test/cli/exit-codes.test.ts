import { expect, test } from 'vitest'
import { config } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { postHouse } from './events-house.ts'
import { typed } from './typed.ts'

const SQUARE = ['--group', '10000001']

test('0 is what was done, 1 what was refused, of the running Beadle', async () => {
  const { here } = await postHouse()
  const code = async (...args: string[]) => (await typed(args, { cwd: here })).code
  expect(await code('mute', 'dave', ...SQUARE)).toBe(0)
  expect(await code('schedule', 'list')).toBe(0)
  expect(await code('broadcast', 'list')).toBe(0)
  expect(await code('broadcast', 'start', '--text', 'hello', '--group', '10009999', '--follow')).toBe(1)
  expect(await code('events', 'list')).toBe(0)
  expect(await code('events', 'show', 'lost')).toBe(1)
  expect(await code('dead', 'drop', 'lost')).toBe(1)
  const refused = await typed(['mute', 'nobody-there', ...SQUARE, '--json'], { cwd: here })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(JSON.parse(refused.stderr).error.code).toMatch(/^\w+\.[\w-]+$/)
})

test('2 is what was asked for and nobody has done yet', async () => {
  const { here, beadle, post } = await postHouse()
  const event = await post({ text: 'world' })
  await beadle.close(0)
  for (const args of [
    ['mute', 'dave', ...SQUARE],
    ['schedule', 'list'],
    ['broadcast', 'start', '--text', 'hello', ...SQUARE],
    ['events', 'replay', event, '--again'],
  ]) {
    const told = await typed([...args, '--wait', '0', '--json'], { cwd: here })
    expect([args, told.code, told.stderr]).toEqual([args, 2, ''])
    expect(JSON.parse(told.stdout)).toEqual({ order: expect.any(String), done: false })
    const plain = await typed([...args, '--wait', '0'], { cwd: here })
    expect([args, plain.code, plain.stdout]).toEqual([args, 2, expect.stringContaining('No Beadle')])
  }
  expect((await typed(['reload', '--wait', '0'], { cwd: here })).code).toBe(2)
})

test('what a plugin keeps open does not keep a command from its end', async () => {
  const here = folder({
    'config.yaml': config({ listen: `127.0.0.1:${await freePort()}`, server: { listen: '127.0.0.1:0' } }),
    'plugins/keeper.ts': `import { definePlugin } from 'beadle'
      setInterval(() => {}, 1000)
      export default definePlugin({ name: 'keeper', setup(ctx) { ctx.webhook('ring', { auth: 'none' }, () => {}) } })`,
    'bots/porter.yaml': { username: 'porter-bot', plugins: { keeper: null } },
  })
  const [checked, called] = await Promise.all([
    run(['check'], { cwd: here }),
    run(['webhook', 'send', 'ring', '--json'], { cwd: here }),
  ])
  expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('porter-bot: keeper') })
  expect([called.code, JSON.parse(called.stderr).error.code]).toEqual([1, 'webhook.away'])
})
