import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ask, inThread, said, threaded, until, worldOf } from './worker-world.ts'

const PLUGINS = new URL('../../../plugins', import.meta.url).pathname
const square = { group: 'square' } as const
const hall = { room: 'hall' } as const

test('commands, listeners and events are handled in the thread as they are here', async () => {
  const plugin = await threaded(
    `
    ctx.command('ping', 'Am I alive?', () => 'pong ' + config.text.render({ n: 1 }))
    ctx.command('add <a:int> <b:int>', ({ args }) => String(args.a + args.b))
    ctx.command('secret', { role: 'moderator' }, () => 'shh')
    ctx.command('refuse', () => { throw new UserError('Not today.') })
    ctx.command('thread', () => String(isMainThread))
    ctx.on('message.text', async (message, next) => {
      if (message.text === 'hello') await message.reply('Hello, ' + message.sender)
      else await next()
    })
    ctx.on('group.members-added', async ({ bot, data }) => {
      await bot.group(data.gid!).text('Welcome, ' + data.to_username_list!.join(' and '))
    })
    `,
    { config: 'z.strictObject({ text: TemplateField })', settings: { text: '{{ n }}' } },
  )
  await using w = await worldOf([plugin], { bot: { roles: { moderator: ['bobby'] } } })
  expect(w.runtime.host.instance('bot', 'plugin')!.commands.all).toHaveLength(5)
  expect(await ask(w, '/ping')).toEqual(['pong 1'])
  expect(await ask(w, '/thread')).toEqual(['false'])
  expect(await ask(w, '/add 2 3')).toEqual(['5'])
  expect(await ask(w, '/add 2 x')).toEqual(["b must be a whole number, got 'x'\nUsage: /add <a> <b>"])
  expect(await ask(w, '/secret')).toEqual(["/secret is for the role 'moderator'."])
  expect(await ask(w, '/secret', 'bobby')).toEqual(['shh'])
  expect(await ask(w, '/refuse')).toEqual(['Not today.'])
  expect(await ask(w, 'hello')).toEqual(['Hello, alice'])
  expect(await ask(w, '/nothing')).toEqual([])
  await w.happens('group.members-added', { gid: w.groups.square!, to_username_list: ['erin'] })
  await until(() => w.runtime.waiting === 0)
  expect((await w.texts(square)).at(-1)).toBe('Welcome, erin')
})

test('webhooks, schedules, jobs, state, media, retractions, reads and broadcasts work from within the thread', async () => {
  const plugin = await threaded(`
    ctx.webhook('go', {
      auth: 'none',
      body: z.object({ n: z.coerce.number(), what: z.string().optional() }),
      conversation: body => 'c' + body.n,
    }, async ({ body, bot, job, event }) => {
      const chat = bot.group(10000001)
      if (body.what === 'media') {
        await chat.image({ data: Buffer.from('R0lGODlhAQABAAAAACw=', 'base64'), name: 'dot.gif' })
        await chat.file(new ReadableStream({ start(to) { to.enqueue(Buffer.from('a,b')); to.close() } }))
        return
      }
      if (body.what === 'state') {
        const added = Array.from({ length: 20 }, () => ctx.state.update('n', (n = 0) => n + 1))
        await Promise.all(added)
        await ctx.state.set('sent', { sent: await chat.text('n is ' + await ctx.state.get('n')) })
        await ctx.state.delete('n')
        return
      }
      if (body.what === 'retract') {
        const { sent } = await ctx.state.get('sent')
        await chat.text(await sent.retract() + ' ' + (await ctx.state.get('n')))
        return
      }
      if (body.what === 'moderate') {
        await chat.mute('bobby', { for: '10m' })
        const names = (await chat.members()).map(member => member.username).sort()
        await chat.text(names.join(' '))
        return
      }
      if (body.what === 'broadcast') {
        const broadcast = await bot.broadcast({ to: { groups: [10000001], rooms: [20000001] }, text: 'to all' })
        const { sent } = await broadcast.done()
        const results = await broadcast.results()
        await chat.text(sent + ' of ' + broadcast.total + ', ' + results.map(one => one.state).join(' '))
        return
      }
      const sent = await bot.room(20000001).text('typed ' + typeof body.n + ' ' + event.conversation)
      await job('later', { after: '1m' }, { sent })
    })
    ctx.onJob('later', async ({ data, bot }) => {
      await data.sent.retract()
      await bot.room(20000001).text('job')
    })
    const tea = ctx.cron('0 9 * * *', { name: 'tea', timezone: 'UTC' }, ({ bot, scheduledAt }) =>
      bot.room(20000001).text('tea at ' + new Date(scheduledAt).getUTCHours()))
    ctx.command('next', () => new Date(tea.next()!).toISOString())
    ctx.log.info({ err: new AppError('oh', { code: 'test.oh', hint: 'Do.' }), list: [1] }, 'set up')
  `)
  await using w = await worldOf([plugin])
  expect(w.log.find(({ message }) => message === 'set up')?.fields).toMatchObject({
    plugin: 'plugin',
    list: [1],
    err: { name: 'AppError', code: 'test.oh', hint: 'Do.' },
  })
  const hook = async (body: object) => {
    const answer = await w.hook('/hooks/bot/plugin/go', body)
    await until(() => w.runtime.waiting === 0)
    return answer
  }
  expect((await hook({ n: 'x' })).status).toBe(400)
  expect(await (await hook({ n: 'x' })).text()).toContain('n must be a number')
  expect((await hook({ n: '7' })).status).toBe(202)
  expect(await w.texts(hall)).toEqual(['typed number hook:go:c7'])
  await w.clock.advance(61_000)
  await said(w, hall, ['job'])

  await hook({ n: 1, what: 'media' })
  expect((await w.history(square)).map(({ msg_type }) => msg_type)).toEqual(['image', 'file'])
  await hook({ n: 1, what: 'state' })
  await hook({ n: 1, what: 'retract' })
  expect(await w.texts(square)).toEqual(['retracted undefined'])
  await hook({ n: 1, what: 'moderate' })
  expect((await w.texts(square)).at(-1)).toBe('alice bobby carol dave')
  await expect(w.write({ from: 'bobby', ...square, text: 'hm' })).rejects.toThrow()
  await w.clock.advance(600_000)
  await until(() => w.write({ from: 'bobby', ...square, text: 'free' }).catch(() => false))
  await w.hook('/hooks/bot/plugin/go', { n: 1, what: 'broadcast' })
  await said(w, square, ['2 of 2, sent sent'])
  await w.clock.advance(Date.UTC(2026, 0, 1, 9) - w.clock.now())
  await said(w, hall, ['tea at 9'])
  expect(await ask(w, '/next')).toEqual(['2026-01-02T09:00:00.000Z'])
  expect(w.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('errors are of the same kind on both sides', async () => {
  const plugin = await threaded(`
    ctx.command('late', async ({ bot, user, job }) => {
      const sent = await user.text('soon gone')
      await job('late', { after: '4m' }, { sent })
    })
    ctx.onJob('late', async ({ data, bot }) => {
      const error = await data.sent.retract().catch(error => error)
      await bot.group(10000001).text([error instanceof RetractTooLate, error.jmCode, error.name].join(' '))
    })
    ctx.command('gone', async ({ bot }) => { await bot.group(99999999).text('hm') })
    ctx.webhook('final', { auth: 'none' }, () => { throw new AppError('no way', { code: 'test.no', hint: 'None.' }) })
    let runs = 0
    ctx.webhook('shaky', { auth: 'none' }, async ({ bot }) => {
      await bot.group(10000001).text('first')
      if (++runs < 3) throw new TypeError('not yet')
      await bot.group(10000001).text('second')
    })
  `)
  await using w = await worldOf([plugin])
  await ask(w, '/late')
  await w.clock.advance(241_000)
  await said(w, square, ['true 855001 RetractTooLate'])
  const [answer] = await ask(w, '/gone')
  expect(answer).toContain('That did not work: messages.send:')
  await w.hook('/hooks/bot/plugin/final', {})
  await until(() => w.runtime.waiting === 0)
  expect(w.log.find(({ message }) => message.startsWith('set aside'))?.fields.err).toMatchObject({
    name: 'AppError',
    message: 'no way',
    code: 'test.no',
    hint: 'None.',
    stack: expect.stringContaining('plugin.ts'),
  })
  const before = (await w.texts(square)).length
  await w.hook('/hooks/bot/plugin/shaky', {})
  await until(async () => {
    await w.clock.advance(100)
    return (await w.texts(square)).at(-1) === 'second'
  })
  // What was said before the failures is not said again.
  expect((await w.texts(square)).slice(before)).toEqual(['first', 'second'])
})

test('a setup that fails, and a plugin without a file, are errors of the start', async () => {
  await expect(
    worldOf([await threaded("throw new AppError('no', { code: 'test.no' })")]),
  ).rejects.toMatchObject({ code: 'test.no', message: 'no' })
  await expect(worldOf([await threaded('process.exit(3)')])).rejects.toMatchObject({
    code: 'plugin.exited',
    message: expect.stringContaining('plugin plugin of bot bot'),
  })
  const { use, isolation } = await threaded('')
  await expect(worldOf([{ use, isolation }])).rejects.toMatchObject({ code: 'plugin.no-file' })
})

test('the plugins that ship run in threads', async () => {
  const warden = { ...(await inThread(join(PLUGINS, 'warden/index.ts'))), config: { words: ['spam'] } }
  const hooks = {
    deploy: {
      auth: { type: 'none' },
      to: { groups: [10000001] },
      template: '{{ service }} is live',
      retractAfter: '1m',
    },
  }
  const announce = { ...(await inThread(join(PLUGINS, 'announce/index.ts'))), config: { hooks } }
  await using w = await worldOf([warden, announce], { bot: { roles: { moderator: ['alice'] } } })
  expect((await w.hook('/hooks/bot/announce/deploy', { service: 'api' })).status).toBe(202)
  await said(w, square, ['api is live'])
  await w.say({ from: 'bobby', ...square, text: 'buy spam' })
  await until(async () => !(await w.texts(square)).includes('buy spam'))
  expect(await ask(w, '/mute bobby 10m')).toEqual([expect.stringContaining('bobby')])
  await expect(w.write({ from: 'bobby', ...square, text: 'hm' })).rejects.toThrow()
  await w.clock.advance(61_000)
  await until(async () => !(await w.texts(square)).includes('api is live'))
  expect(w.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('what is on its way when another handler of the thread asks is found', async () => {
  const plugin = await threaded(`
    let last
    const undone = []
    ctx.webhook('hook', { auth: 'none' }, async ({ bot, event }) => {
      last = event.id
      await bot.group(10000001).text('one')
    })
    ctx.webhook('undo', { auth: 'none' }, async ({ bot }) => {
      for (const sent of await bot.sentFor(last)) undone.push(await sent.retract())
      await bot.room(20000001).text(undone.join())
    })
  `)
  await using w = await worldOf([plugin])
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'slow', delay_ms: 3000, times: 1, after: true }])
  await w.hook('/hooks/bot/plugin/hook', {})
  await until(async () => (await w.texts(square)).length === 1)
  await w.hook('/hooks/bot/plugin/undo', {})
  await w.clock.advance(3000)
  await said(w, hall, ['retracted'])
  expect(await w.texts(square)).toEqual([])
})
