import { type World, world } from 'beadle/testing'
import { describe, expect, test } from 'vitest'
import warden from './index.ts'

const square = { group: 'square' } as const
const hall = { room: 'hall' } as const
const MINUTE = 60_000

const guarded = (config: object = {}): Promise<World> =>
  world({
    plugins: [{ use: warden, config: { words: ['badword', '赌博'], ...config } }],
    bot: { roles: { owner: ['alice'], moderator: ['carol'] } },
  })

/** Gives a command in the square; resolves with the answer. */
async function ask(w: World, text: string, from = 'carol'): Promise<string | undefined> {
  await w.say({ from, ...square, text })
  return (await w.texts(square)).at(-1)
}

describe('forbidden words', () => {
  test('are taken back; their author is warned and muted', async () => {
    await using w = await guarded()
    await w.say({ from: 'bobby', ...square, text: 'what a BAD\u200bＷＯＲＤ' })
    expect(await w.texts(square)).toEqual(['Please mind the rules, bobby.'])
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow('silent')
  })

  test('are taken back in chat rooms too', async () => {
    await using w = await guarded()
    await w.say({ from: 'bobby', ...hall, text: '来赌博' })
    expect(await w.texts(hall)).toEqual(['Please mind the rules, bobby.'])
    await expect(w.say({ from: 'bobby', ...hall, text: 'hello' })).rejects.toThrow('baned to post')
    await w.clock.advance(10 * MINUTE)
    await w.say({ from: 'bobby', ...hall, text: 'hello' })
  })

  test('bring a mute that ends by itself, also over a restart', async () => {
    await using w = await guarded()
    await w.say({ from: 'bobby', ...square, text: 'badword' })
    await w.restart()
    await w.clock.advance(10 * MINUTE - 1)
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow('silent')
    await w.clock.advance(1)
    await w.settled()
    await w.say({ from: 'bobby', ...square, text: 'hello' })
    expect(await w.texts(square)).toContain('hello')
  })

  test('bring nothing but a warning in a direct chat', async () => {
    await using w = await guarded()
    await w.say({ from: 'bobby', user: 'test-bot', text: 'badword' })
    expect(await w.texts({ user: 'bobby' })).toEqual(['badword', 'Please mind the rules, bobby.'])
  })

  test('are free to moderators and owners', async () => {
    await using w = await guarded()
    await w.say({ from: 'carol', ...square, text: 'badword' })
    await w.say({ from: 'alice', ...square, text: 'badword' })
    expect(await w.texts(square)).toEqual(['badword', 'badword'])
  })

  test('keep a command from being carried out', async () => {
    await using w = await guarded({ actions: { retract: false, warn: false, mute: false } })
    await w.say({ from: 'bobby', ...square, text: '/words badword' })
    expect(await w.texts(square)).toEqual(['/words badword'])
  })

  test('are warned of once a minute for each user', async () => {
    await using w = await guarded({ actions: { mute: false, warn: '{{ user }}!' } })
    for (let i = 0; i < 5; i++) await w.say({ from: 'bobby', ...square, text: 'badword' })
    await w.say({ from: 'dave', ...square, text: 'badword' })
    expect(await w.texts(square)).toEqual(['bobby!', 'dave!'])
    await w.clock.advance(MINUTE)
    await w.say({ from: 'bobby', ...square, text: 'badword' })
    expect(await w.texts(square)).toEqual(['bobby!', 'dave!', 'bobby!'])
  })

  test('are warned of and muted for when they are too old to be taken back', async () => {
    await using w = await guarded()
    const record = await w.write({ from: 'bobby', ...square, text: 'badword' })
    await w.clock.advance(4 * MINUTE)
    await w.hear(record)
    expect(await w.texts(square)).toEqual(['badword', 'Please mind the rules, bobby.'])
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow('silent')
    const about = { event: expect.stringMatching(/^\w{26}$/), sender: 'bobby', msgId: record.msgid }
    const lines = w.log.filter(({ fields }) => fields.plugin === 'warden')
    expect(lines).toMatchObject([
      { level: 'warn', message: 'an action was not possible', fields: { ...about, action: 'retract' } },
      { level: 'info', message: 'a message broke the rules', fields: about },
    ])
    expect(lines[0]!.fields.event).toBe(lines[1]!.fields.event)
  })

  test('go unheard where the warden does not watch', async () => {
    await using w = await guarded({ groups: [99999], rooms: [] })
    await w.say({ from: 'bobby', ...square, text: 'badword' })
    await w.say({ from: 'bobby', ...hall, text: 'badword' })
    expect(await w.texts(square)).toEqual(['badword'])
    expect(await w.texts(hall)).toEqual(['badword'])
  })

  test('bring only the actions that are wanted', async () => {
    await using w = await guarded({
      actions: { retract: false, warn: 'Muted for {{ mute }}.', mute: '1h30m' },
    })
    await w.say({ from: 'bobby', ...square, text: 'badword' })
    expect(await w.texts(square)).toEqual(['badword', 'Muted for 1h30m.'])
  })

  test('bring the other actions when the author has left meanwhile', async () => {
    await using w = await guarded()
    const record = await w.write({ from: 'dave', ...square, text: 'badword' })
    await w.client.groups.members.remove({ gid: w.groups.square!, body: ['dave'] })
    await w.hear(record)
    expect(await w.texts(square)).toEqual(['Please mind the rules, dave.'])
    await w.clock.advance(10 * MINUTE)
    await w.settled()
    expect(w.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('commands', () => {
  test('mute somebody for a while', async () => {
    await using w = await guarded()
    expect(await ask(w, '/mute @bobby')).toBe('bobby is muted here for 10m.')
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow('silent')
    await w.clock.advance(10 * MINUTE)
    await w.settled()
    await w.say({ from: 'bobby', ...square, text: 'hello' })
    expect(await ask(w, '/mute bobby 2h30m too loud, sorry')).toBe(
      'bobby is muted here for 2h30m: too loud, sorry',
    )
  })

  test('let somebody speak again', async () => {
    await using w = await guarded()
    await ask(w, '/mute bobby 1d')
    expect(await ask(w, '/unmute bobby')).toBe('bobby may speak here again.')
    await w.say({ from: 'bobby', ...square, text: 'hello' })
  })

  test('mute and unmute in a chat room', async () => {
    await using w = await guarded()
    await w.say({ from: 'carol', ...hall, text: '/mute bobby 1h' })
    await expect(w.say({ from: 'bobby', ...hall, text: 'hello' })).rejects.toThrow('baned to post')
    await w.say({ from: 'carol', ...hall, text: '/unmute bobby' })
    await w.say({ from: 'bobby', ...hall, text: 'hello' })
  })

  test('remove somebody from a group or room', async () => {
    await using w = await guarded()
    expect(await ask(w, '/kick bobby')).toBe('bobby was removed from here.')
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow('not in group')
    await w.say({ from: 'carol', ...hall, text: '/kick bobby' })
    await expect(w.say({ from: 'bobby', ...hall, text: 'hello' })).rejects.toThrow('not in chatroom')
  })

  test('ban somebody for good, or for a while', async () => {
    await using w = await guarded()
    expect(await ask(w, '/ban bobby')).toBe('bobby is banned.')
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow()
    await w.clock.advance(365 * 24 * 60 * MINUTE)
    await expect(w.say({ from: 'bobby', ...square, text: 'hello' })).rejects.toThrow()
    expect(await ask(w, '/unban bobby')).toBe('bobby is not banned any more.')
    await w.say({ from: 'bobby', ...square, text: 'hello' })
    expect(await ask(w, '/ban bobby 2d')).toBe('bobby is banned for 2d.')
    await w.clock.advance(2 * 24 * 60 * MINUTE)
    await w.settled()
    await w.say({ from: 'bobby', ...square, text: 'hello' })
  })

  test('switch do-not-disturb of somebody', async () => {
    await using w = await guarded()
    expect(await ask(w, '/dnd bobby on')).toBe('Do-not-disturb of bobby is on.')
    expect(await ask(w, '/dnd bobby on')).toBe('Do-not-disturb of bobby is on.')
    expect(await ask(w, '/dnd bobby off')).toBe('Do-not-disturb of bobby is off.')
  })

  test('tell the number of words in a group, and the words in a direct chat only', async () => {
    await using w = await guarded()
    expect(await ask(w, '/words')).toBe('2 words are forbidden.')
    await w.say({ from: 'carol', user: 'test-bot', text: '/words' })
    expect((await w.texts({ user: 'carol' })).at(-1)).toBe('2 words are forbidden: badword, 赌博.')
  })

  test.each([
    ['/mute nobody', 'There is no user nobody.'],
    ['/kick nobody', 'There is no user nobody.'],
    ['/ban nobody', 'There is no user nobody.'],
    ['/mute test-bot', 'That is me.'],
    ['/ban test-bot', 'That is me.'],
    ['/mute', 'user is missing\nUsage: /mute <user> [for=10m] [reason...]'],
    [
      '/mute bobby please',
      "for must be a duration such as 10m or 2h30m, got 'please'\nUsage: /mute <user> [for=10m] [reason...]",
    ],
    ['/dnd bobby maybe', "on must be on or off, got 'maybe'\nUsage: /dnd <user> <on>"],
  ])('answer %s with what is wrong', async (text, answer) => {
    await using w = await guarded()
    expect(await ask(w, text)).toBe(answer)
  })

  test('say that somebody is not in the group', async () => {
    await using w = await guarded()
    await ask(w, '/kick bobby')
    expect(await ask(w, '/mute bobby')).toBe('bobby is not here.')
  })

  test.each(['mute', 'unmute', 'kick'])('refuse to %s in a direct chat', async command => {
    await using w = await guarded()
    await w.say({ from: 'carol', user: 'test-bot', text: `/${command} bobby` })
    expect((await w.texts({ user: 'carol' })).at(-1)).toBe(`/${command} works in groups and chat rooms only.`)
  })

  test.each([
    'mute bobby',
    'unmute bobby',
    'kick bobby',
    'ban bobby',
    'unban bobby',
    'dnd bobby on',
    'words',
  ])('refuse /%s to those who are no moderators', async command => {
    await using w = await guarded()
    expect(await ask(w, `/${command}`, 'dave')).toBe(`/${command.split(' ')[0]} is for the role 'moderator'.`)
  })
})

test.each([
  [{ words: ['\u200b'] }, 'words[0] must hold a letter that can be seen'],
  [{ words: [17] }, 'words[0] must be a word'],
  [{ actions: { warn: 'Hey {{ usr }}' } }, 'actions.warn must show nothing but user, mute; there is no usr'],
  [{ actions: { mute: 'long' } }, 'actions.mute must be a length of time'],
  [{ wrods: [] }, 'unknown key: wrods'],
])('refuses the settings %j', async (config, problem) => {
  await expect(guarded(config)).rejects.toThrow(problem)
})
