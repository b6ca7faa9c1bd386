// Long because it has what people do, and see, for each recipe.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signWebhook } from 'beadle/testing'
import { expect, test } from 'vitest'
import { codeOf, cook, load, SECRET, titles } from './recipe.ts'
import { runExample } from './run-example.ts'

const HOUR = 3_600_000

/** What people do, and see, by the titles of the recipes. */
const tried: Record<string, (title: string) => Promise<void>> = {
  'Answer a command': async title => {
    await using w = await cook(title)
    await w.alice.says('/ping')
    await w.group.expect('pong')
  },

  'Welcome new members of a group': async title => {
    await using w = await cook(title)
    await w.happens('group.members-added', { gid: 10000001, to_username_list: ['erin', 'frank'] })
    await w.group.expect('erin and frank, nice that you are here.')
  },

  'Answer keywords': async title => {
    await using w = await cook(title)
    await w.alice.says('What are your OPENING hours?')
    await w.group.expect('We are open from 9 to 18.')
    await w.alice.says('怎么退款')
    await w.group.expect('退款一般需要三个工作日。')
    await w.alice.says('Thanks')
    await w.group.expectNothing()
  },

  'Say something every morning': async title => {
    await using w = await cook(title)
    await w.clock.advance(HOUR - 1000) // midnight UTC is eight in Shanghai
    await w.group.expectNothing()
    await w.clock.advance(1000)
    await w.group.expect('早上好！')
    await w.restart({ after: 24 * HOUR + HOUR / 2 })
    await w.group.expect('早上好！')
    await w.restart({ after: 26 * HOUR })
    await w.group.expectNothing()
  },

  'Tell a group of pushes to GitHub': async title => {
    await using w = await cook(title)
    const body = {
      ref: 'refs/heads/main',
      repository: { full_name: 'acme/api' },
      commits: [{ message: 'Mend the door\n\nIt creaked.' }, { message: 'Paint it' }],
    }
    const call = (event: string, delivery: string, secret = SECRET) =>
      w.hook('/hooks/bot/github/push', body, {
        ...signWebhook({ type: 'github', secret }, JSON.stringify(body), w.clock.now()),
        'x-github-event': event,
        'x-github-delivery': delivery,
      })
    expect((await call('push', 'one')).status).toBe(202)
    await w.group.expect('acme/api, refs/heads/main:\n- Mend the door\n- Paint it')
    await call('push', 'one')
    await call('ping', 'two')
    expect((await call('push', 'three', 'another-secret')).status).toBe(401)
    await w.group.expectNothing()
  },

  'Tell a group of alerts': async title => {
    await using w = await cook(title)
    const alert = { labels: { alertname: 'DiskFull' }, annotations: { summary: '95 % of /data' } }
    const alerts = [
      { ...alert, status: 'firing' },
      { ...alert, status: 'resolved', annotations: {} },
    ]
    expect((await w.webhook('alerts/alertmanager', { version: '4', alerts })).status).toBe(202)
    await w.group.expect('🔥 DiskFull: 95 % of /data\n✅ DiskFull: resolved')
    expect((await w.webhook('alerts/alertmanager', { alerts: [{}] })).status).toBe(400)
  },

  'Ask before something dangerous': async title => {
    await using w = await cook(title)
    const members = async () =>
      (await w.client.groups.members.list({ gid: 10000001 })).map(one => one.username)
    await w.bobby.says('/purge dave')
    await w.group.expect(/moderator/)
    await w.alice.says('/purge dave')
    await w.group.expect(/removes them from this group/)
    expect(await members()).toContain('dave')
    await w.alice.says('yes')
    await w.group.expect('dave is gone.')
    expect(await members()).not.toContain('dave')
  },

  'Let a group vote': async title => {
    await using w = await cook(title)
    await w.alice.says('/vote yes')
    await w.group.expect('There is nothing to vote on.')
    await w.alice.says('/poll Pizza today?')
    await w.group.expect('Pizza today?\n/vote yes or /vote no')
    await w.alice.says('/vote yes')
    await w.bobby.says('/vote no')
    await w.group.expect('Pizza today? Yes: 1, no: 1')
    await w.bobby.says('/vote yes')
    await w.group.expect('Pizza today? Yes: 2, no: 0')
    await w.bobby.says('/vote yes', { in: 'market' })
    await w.place('market').expect('There is nothing to vote on.')
  },

  'Remind somebody later': async title => {
    await using w = await cook(title)
    await w.alice.says('/remind 10m tea is ready')
    await w.group.expect('In 10m, then.')
    await w.restart({ after: 9 * 60_000 })
    await w.alice.expectNothing()
    await w.clock.advance('1m')
    await w.alice.expect('You wanted to think of this: tea is ready')
  },

  'Have a form filled in': async title => {
    await using w = await cook(title)
    await w.alice.says('/leave', { in: w.bot })
    for (const [question, answer] of [
      [/What kind/, 'holiday'],
      ['How many days?', '0'],
      [/One at least/, '3'],
      ['Anything else?', 'The sea.'],
      [/holiday, 3 days\. Hand it in\?/, 'yes'],
    ] as const) {
      await w.alice.expect(question)
      await w.restart()
      await w.alice.says(answer, { in: w.bot })
    }
    await w.alice.expect('It is handed in.')
    await w.carol.expect('alice: holiday, 3 days. The sea.')
  },

  'Warn, and mute after three bad words': async title => {
    await using w = await cook(title)
    await w.dave.says('a BADWORD')
    await w.group.expect('@dave Please mind your words (1 of 3).')
    await w.clock.advance('11m')
    for (const count of [1, 2]) {
      await w.dave.says('badword')
      await w.group.expect(`@dave Please mind your words (${count} of 3).`)
    }
    await w.dave.says('badword')
    await w.group.expect('@dave Ten minutes of silence.')
    await expect(w.dave.says('hello')).rejects.toThrow('can not chat while silent')
    expect(await w.texts({ group: 'square' })).not.toContain('badword')
    await w.clock.advance('10m')
    await w.dave.says('hello')
  },

  'Keep quiet hours': async title => {
    await using w = await cook(title)
    const isQuiet = async () => {
      await w.bobby.says('Are you there?')
      const received = (await w.alice.inbox()).at(-1)
      return received?.type === 'message' && received.message.no_disturb === true
    }
    expect(await isQuiet()).toBe(false)
    await w.clock.advanceTo('2026-01-01T14:00:00Z')
    expect(await isQuiet()).toBe(true)
    await w.clock.advanceTo('2026-01-01T23:00:00Z')
    expect(await isQuiet()).toBe(false)
  },

  'Say something that goes away after a minute': async title => {
    await using w = await cook(title)
    await w.alice.says('/whisper the code is 1234')
    await w.group.expect('the code is 1234')
    await w.clock.advance('59s')
    expect(await w.texts({ group: 'square' })).toEqual(['the code is 1234'])
    await w.clock.advance('1s')
    await w.settled()
    expect(await w.texts({ group: 'square' })).toEqual([])
  },

  'Take back the last answer': async title => {
    await using w = await cook(title)
    await w.alice.says('/echo one')
    await w.bobby.says('/echo two')
    await w.alice.says('/undo')
    expect(await w.group.said()).toEqual(['two'])
    await w.alice.says('/undo')
    await w.group.expect('There is nothing to take back.')
  },

  'Forward one group to another': async title => {
    await using w = await cook(title)
    await w.alice.says('hello')
    await w.place('market').expect('alice: hello')
    await w.bobby.says('hello yourself', { in: 'market' })
    await w.group.expectNothing()
  },

  'Send a picture, a file, a card': async title => {
    await using w = await cook(title)
    await w.alice.says('/report')
    await w.group.expect({ msg_type: 'image', msg_body: { width: 1, height: 1 } })
    await w.group.expect({ msg_type: 'file', msg_body: { fname: 'visits.csv' } })
    await w.group.expect({ msg_type: 'custom', msg_body: { kind: 'card', title: 'Visits' } })
  },

  'Tell many': async title => {
    await using w = await cook(title)
    await w.bobby.says('/tell-all nonsense')
    await w.group.expect(/owner/)
    await w.alice.says('/tell-all The shop is closed today.')
    await w.clock.advance('10s')
    await w.settled()
    expect(await w.group.said()).toContain('On its way to 2 groups.')
    await w.group.expect('The shop is closed today.')
    await w.place('market').expect('The shop is closed today.')
  },

  'A command for some only': async title => {
    await using w = await cook(title)
    for (const person of [w.alice, w.bobby]) {
      await person.says('/open')
      await w.group.expect('The door is open.')
    }
    await w.carol.says('/open')
    await w.group.expect(/keeper/)
  },

  'Share something between plugins': async title => {
    await using w = await cook(title)
    await w.alice.says('Forty-two')
    await w.group.expect('Right! You have 5 coins.')
    await w.alice.says('forty-two')
    await w.group.expect('Right! You have 10 coins.')
  },

  'Use one plugin twice': async title => {
    await using w = await cook(title)
    await w.alice.says('/apple 3')
    await w.group.expect('apples: 3')
    await w.alice.says('/pear 1')
    await w.group.expect('pears: 1')
  },

  'Ask another service': async title => {
    let fails = 1
    const service = createServer(({ url }, answer) => {
      if (url?.endsWith('city=Ulm')) answer.writeHead(404).end()
      else if (fails-- > 0) answer.writeHead(503).end()
      else answer.end(JSON.stringify({ summary: 'Rain' }))
    })
    await new Promise<void>(done => service.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/today`
    try {
      await using w = await cook(title, { replace: ['https://weather.example.org/today', url] })
      await w.alice.says('/weather Ulm')
      await w.group.expect('I know no Ulm.')
      await w.alice.says('/weather London')
      await expect.poll(() => fails).toBe(0)
      await expect
        .poll(async () => {
          await w.clock.advance('1s')
          return w.group.said()
        })
        .toContain('Rain')
    } finally {
      service.close()
    }
  },

  'Count days in a row': async title => {
    await using w = await cook(title)
    await w.alice.says('/签到')
    await w.group.expect('Day 1.')
    await w.clock.advance('20h')
    await w.alice.says('/sign-in')
    await w.group.expect('2 days in a row!')
    await w.alice.says('/sign-in')
    await w.group.expect('2 days in a row!')
    await w.clock.advance('2d')
    await w.alice.says('/sign-in')
    await w.group.expect('Day 1.')
  },

  'Answer a webhook with what was found': async title => {
    await using w = await cook(title)
    const found = await w.webhook('stock/count', { item: 'bolts' })
    expect([found.status, await found.json()]).toEqual([200, { item: 'bolts', count: 12 }])
    const missing = await w.webhook('stock/count', { item: 'nuts' })
    expect([missing.status, await missing.text()]).toEqual([
      422,
      expect.stringContaining('There is no nuts.'),
    ])
  },

  'Try it in a test': async title => {
    expect(await runExample(codeOf(title))).toBe(1)
  },

  'Within a server that is there already': async title => {
    const signals = process.listeners('SIGTERM')
    process.env.PORT = '0'
    process.env.MASTER_SECRET = 'b'.repeat(24)
    const { server, beadle } = (await load(title, ['server', 'beadle'])) as {
      server: import('node:http').Server
      beadle: import('../../src/app/index.ts').EmbeddedBeadle
    }
    delete process.env.PORT
    delete process.env.MASTER_SECRET
    try {
      if (!server.listening) await new Promise(up => server.once('listening', up))
      const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      expect(await (await fetch(home)).text()).toBe('The shop')
      const answer = await fetch(`${home}/bots/hooks/porter/shop/order`, { method: 'POST', body: '{}' })
      expect(await answer.json()).toEqual({ taken: true })
    } finally {
      for (const listener of process.listeners('SIGTERM'))
        if (!signals.includes(listener)) process.removeListener('SIGTERM', listener)
      server.close()
      await beadle.close()
    }
  },
}

test('every recipe is tried', () => expect(Object.keys(tried)).toEqual(titles))

test.each(Object.entries(tried))('%s', (title, tryIt) => tryIt(title))
