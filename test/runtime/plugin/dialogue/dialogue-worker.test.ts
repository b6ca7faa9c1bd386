import { expect, test } from 'vitest'
import { ask, threaded, until, worldOf } from '../worker-world.ts'

const SHOP = `
  ctx.command('order', async ({ ask, message, job }) => {
    await message.reply('Welcome')
    await job('later', { after: '1h' })
    const size = await ask('Which size?', { choices: ['small', 'large'] })
    const receipt = await ask.once(() => ({ id: 'receipt' }))
    const count = await ask('How many?', { type: 'int', timeout: '1m' })
    return (await ask.confirm('Order it?')) ? count + ' ' + size + ' ' + receipt.id + ' ' + isMainThread : 'no'
  })
  ctx.onJob('later', () => {})
  ctx.on('message', async (message, next) => {
    if (message.text !== 'crash') return next()
    if (await ctx.state.get('crashed')) return
    await ctx.state.set('crashed', true)
    process.exit(1)
  })
`

test('a dialogue is held from within a thread, also when that is started again, and over restarts', async () => {
  await using w = await worldOf([await threaded(SHOP)])
  expect(await ask(w, '/order')).toEqual(['Welcome', 'Which size?\n1. small\n2. large'])
  expect(await ask(w, '3')).toEqual([
    "Please choose one of these:\n1. small\n2. large\nTo stop, say 'cancel'.",
  ])
  expect(await ask(w, 'large')).toEqual(['How many?'])
  await w.restart()
  await w.say({ from: 'bobby', group: 'square', text: 'crash' })
  await until(async () => {
    await w.clock.advance(100)
    return w.runtime.waiting === 0
  })
  expect(await ask(w, '2')).toEqual(['Order it? (yes/no)'])
  expect(await ask(w, 'yes')).toEqual(['2 large receipt false'])
  expect(await ask(w, 'yes')).toEqual([])
})

test('the time of a question of a thread is up, and it can be cancelled', async () => {
  await using w = await worldOf([await threaded(SHOP)])
  await ask(w, '/order')
  expect(await ask(w, 'cancel')).toEqual(['Cancelled.'])
  await ask(w, '/order')
  await ask(w, 'small')
  await w.clock.advance(60_000)
  await until(async () => (await w.texts({ group: 'square' })).at(-1)?.startsWith('No answer came in time'))
})
