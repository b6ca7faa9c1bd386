import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Program } from '../e2e/program.ts'
import { DevProject, PARROT } from './dev-project.ts'

const word = (text: string): string => `export const word: string = '${text}'\n`
const WORD = 'plugins/parrot/word.ts'
const INDEX = 'plugins/parrot/index.ts'
const BOT = 'bots/parrot.yaml'

test('a file that is saved takes effect, with what the plugin remembers, and nothing is there twice', async () => {
  const project = await DevProject.make()
  await project.start()
  expect(await project.ask('/word')).toEqual(['one 1.'])
  for (const text of ['two', 'three', 'four']) {
    const said = await project.says(/reloaded/, () => project.save(WORD, word(text)))
    const [, ms] = /^↻ parrot reloaded in (\d+) ms$/m.exec(said) ?? []
    expect(Number(ms)).toBeGreaterThan(0)
  }
  expect(await project.ask('/word')).toEqual(['four 2.'])
  expect(await project.ask('polly')).toEqual(['heard'])
  expect(await project.ring()).toBe(202)
  const { stdout, stderr } = project.program
  expect(stdout).not.toContain('✗')
  expect(stderr).toBe('')
})

test('only the plugins that depend on a file are loaded anew', async () => {
  const uses = (name: string, from: string) =>
    `import { definePlugin } from 'beadle'\nimport { word } from '${from}'\nexport default definePlugin({ name: '${name}', setup: ctx => ctx.command('${name}', () => word) })\n`
  const project = await DevProject.make({
    'shared/word.ts': word('shared'),
    'plugins/left.ts': uses('left', '../shared/word.ts'),
    'plugins/right/index.ts': uses('right', '../../shared/word.ts'),
    'plugins/other/index.ts': uses('other', './own.ts'),
    'plugins/other/own.ts': word('own'),
    'bots/one.yaml': 'username: bot-one\nplugins: { left: {}, right: {}, other: {} }\n',
    'bots/two.yaml': 'username: bot-two\nprefix: "!"\nplugins: { left: {}, other: {} }\n',
  })
  await project.start()
  const said = await project.says(/right reloaded/, () => project.save('shared/word.ts', word('changed')))
  expect(said).toMatch(/^↻ left of one, two reloaded in \d+ ms\n↻ right reloaded in \d+ ms\n$/)
  expect(await project.ask('/right')).toEqual(['changed'])
  expect(await project.says(/reloaded/, () => project.save('plugins/other/own.ts', word('mine')))).toMatch(
    /^↻ other of one, two reloaded in \d+ ms\n$/,
  )
  expect(await project.ask('!other')).toEqual(['mine'])
})

test('what is broken is shown where it is, the former goes on, and the next good save is taken up', async () => {
  const project = await DevProject.make()
  await project.start()
  const broken = await project.says(/goes on/, () =>
    project.save(WORD, "\nexport const word: string = 'two\n"),
  )
  expect(broken).toContain(
    [
      '✗ plugins/parrot/word.ts:2:29  Unterminated string constant.',
      '      1 |',
      "    > 2 | export const word: string = 'two",
      '        |                             ^',
    ].join('\n'),
  )
  expect(await project.ask('/word')).toEqual(['one 1.'])
  expect(await project.says(/reloaded/, () => project.save(WORD, word('two')))).not.toContain('✗')
  expect(await project.ask('/word')).toEqual(['two 2.'])

  const throwing = PARROT[INDEX].replace(
    "    ctx.webhook('ring'",
    "    throw new Error('no ring')\n    ctx.webhook('ring'",
  )
  const failed = await project.says(/goes on/, () => project.save(INDEX, throwing))
  expect(failed).toMatch(/^✗ plugins\/parrot\/index\.ts:16:\d+ {2}no ring$/m)
  expect(await project.ask('/word')).toEqual(['two 3.'])
  expect(await project.ring()).toBe(202)
  await project.says(/reloaded/, () => project.save(INDEX, PARROT[INDEX]))
  expect(await project.ask('polly')).toEqual(['heard'])
  expect(project.program.stderr).toBe('')
})

test('plugins in JavaScript, and those of linked packages, are taken up as well', async () => {
  const script = (name: string, text: string) =>
    `import { definePlugin, UserError } from 'beadle'\nimport { word } from './word.js'\nexport default definePlugin({ name: '${name}', setup(ctx) { ctx.command('${name}', () => { throw new UserError('${text} ' + word) }) } })\n`
  const js = (text: string) => `export const word = '${text}'\n`
  const project = await DevProject.make({
    'package.json': '{ "type": "module" }',
    'plugins/script/index.js': script('script', 'says'),
    'plugins/script/word.js': js('one'),
    'packages/beadle-plugin-bell/package.json': '{ "type": "module", "exports": "./index.js" }',
    'packages/beadle-plugin-bell/index.js': script('bell', 'rings'),
    'packages/beadle-plugin-bell/word.js': js('one'),
    'bots/one.yaml': 'username: bot-one\nplugins: { script: {}, bell: { use: beadle-plugin-bell } }\n',
  })
  project.link('packages/beadle-plugin-bell')
  await project.start()
  expect([await project.ask('/script'), await project.ask('/bell')]).toEqual([['says one'], ['rings one']])
  await project.says(/script reloaded/, () => project.save('plugins/script/word.js', js('two')))
  await project.says(/bell reloaded/, () => project.save('packages/beadle-plugin-bell/word.js', js('three')))
  expect([await project.ask('/script'), await project.ask('/bell')]).toEqual([['says two'], ['rings three']])
})

test("a bot's file is taken up: settings, new bots, and bots that go", async () => {
  const project = await DevProject.make()
  await project.start()
  await project.says(/^↻ parrot reloaded/m, () =>
    project.save(BOT, 'username: parrot-bot\nplugins:\n  parrot: { mark: "!" }\n'),
  )
  expect(await project.ask('/word')).toEqual(['one 1!'])
  const wrong = await project.says(/goes on/, () =>
    project.save(BOT, 'username: parrot-bot\nplugins:\n  parrot: { mrak: "!" }\n'),
  )
  expect(wrong).toContain('✗ bots/parrot.yaml:3:13  plugins.parrot.mrak: is not a known key')
  expect(wrong).toContain('    > 3 |   parrot: { mrak: "!" }')
  await project.says(/bot pirate added/, () => {
    project.save(BOT, PARROT[BOT])
    project.save('bots/pirate.yaml', 'username: pirate-bot\nprefix: "!"\nplugins:\n  parrot: { mark: "?" }\n')
  })
  expect(await project.ask('!word')).toEqual(['one 1?'])
  await project.says(/^- bot pirate removed/m, () => project.remove('bots/pirate.yaml'))
  expect(await project.ask('/word')).toEqual(['one 2.'])
})

test('what takes a restart is said once', async () => {
  const project = await DevProject.make()
  await project.start()
  const config = `jmessage: { appKey: beadle00townapp000000001, masterSecret: beadle00townsecret000001 }\n`
  await project.says(/^! .*listen.* in config\.yaml: restart/m, () => project.save('config.yaml', config))
  expect(await project.says(/reloaded/, () => project.save(WORD, word('two')))).not.toContain('!')
})

test('files are written in many ways, and the last state counts', async () => {
  const project = await DevProject.make()
  await project.start()
  await project.says(/reloaded/, () => project.saveByRename(WORD, word('renamed')))
  expect(await project.ask('/word')).toEqual(['renamed 1.'])
  const said = await project.says(/reloaded/, () => {
    for (let n = 0; n < 200; n++) project.save(WORD, word(`burst ${n}`))
  })
  // What it read in the midst of them is followed by what was written last.
  await sleep(1000)
  expect(await project.ask('/word')).toEqual(['burst 199 2.'])
  expect(said.match(/reloaded/g)!.length).toBeLessThan(5)
  const gone = await project.says(/goes on/, () => project.remove('plugins/parrot'))
  expect(gone).toContain("there is no plugin 'parrot'")
  expect(await project.ask('/word')).toEqual(['burst 199 3.'])
  await project.says(/reloaded/, () => {
    project.save(INDEX, PARROT[INDEX])
    project.save(WORD, word('back'))
  })
  expect(await project.ask('/word')).toEqual(['back 4.'])
})

test('two saves within a moment of each other both count', async () => {
  const project = await DevProject.make()
  await project.start()
  for (const pause of [20, 35, 45, 60]) {
    project.save(WORD, word('early'))
    await sleep(pause)
    project.save(WORD, word(`late ${pause}`))
    await sleep(600)
    expect(await project.ask('/word')).toEqual([expect.stringContaining(`late ${pause} `)])
  }
})

test('a plugin in a thread of its own is taken up by a new thread', async () => {
  const project = await DevProject.make({
    ...PARROT,
    [BOT]: 'username: parrot-bot\nisolation: worker\nplugins:\n  parrot: {}\n',
  })
  await project.start()
  expect(await project.ask('/word')).toEqual(['one 1.'])
  await project.says(/reloaded/, () => project.save(WORD, word('two')))
  expect(await project.ask('/word')).toEqual(['two 2.'])
  expect(await project.ask('polly')).toEqual(['heard'])
})

test('what cannot start waits for what is wrong to be mended', async () => {
  const project = await DevProject.make({ ...PARROT, [WORD]: "export const word = 'one\n" })
  await project.start(/starts once that is mended/)
  expect(project.program.stdout).toContain('✗ plugins/parrot/word.ts:1:21  Unterminated string constant.')
  await project.says(/taken up as you save/, () => project.save(WORD, word('one')))
  expect(await project.ask('/word')).toEqual(['one 1.'])
})

test('it ends when it is told to, and at once when its port is taken', async () => {
  const project = await DevProject.make()
  await project.start()
  const second = await Program.start(['dev'], { cwd: project.folder })
  const { code, stderr } = await second.ended
  expect(code).toBe(1)
  expect(stderr).toContain('beadle:')
  expect((await project.program.stop()).code).toBe(0)
  expect(project.program.stderr).toBe('')
})
