import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  digestOf,
  type Edit,
  type EditValue,
  editConfig,
  parseField,
  restoreVersion,
  versionsOf,
} from '../../../../src/app/config/edit/index.ts'
import { loadConfig } from '../../../../src/app/config/index.ts'
import { ManualClock } from '../../../../src/base/clock.ts'
import { folderWith, HERALD, KEYS } from '../files.ts'

const CONFIG = `# All of it.
${KEYS}
server:   # the embedded one
    listen: 127.0.0.1:7070   # here
    sandbox: \${SANDBOX:-false}

log: { level: info }
`

const PLUGIN = `import { definePlugin, z } from 'beadle'
export default definePlugin({ name: 'greeter', config: z.strictObject({ times: z.int().max(3).default(1) }), setup() {} })
`

function home(files: Readonly<Record<string, string>> = {}) {
  const folder = folderWith({ 'config.yaml': CONFIG, 'bots/herald.yaml': HERALD, ...files })
  const file = join(folder, 'config.yaml')
  return { folder, file, text: () => readFileSync(file, 'utf8') }
}

const set = (field: string, value: EditValue): Edit => ({ kind: 'set', path: parseField(field), value })
const unset = (field: string): Edit => ({ kind: 'unset', path: parseField(field) })
const env = {}

describe('an edit', () => {
  test('changes what it names, and no byte besides', async () => {
    const { file, text } = home()
    const done = await editConfig(
      file,
      [set('server.listen', '127.0.0.1:7171'), set('log.format', 'json'), set('limits.handler', '1m')],
      { env },
    )
    expect(done).toMatchObject({ isChanged: true, problems: [] })
    expect(text()).toBe(
      `${CONFIG.replace('127.0.0.1:7070', '127.0.0.1:7171').replace('level: info', 'level: info, format: json')}limits:\n  handler: 1m\n`,
    )
    expect((await loadConfig(file, { env })).main.limits.plugin.handlerMs).toBe(60_000)
  })

  test('replaces a reference only when it names that very field', async () => {
    const { file, text } = home()
    const lost = editConfig(file, [set('server', { sandbox: true })], { env })
    await expect(lost).rejects.toMatchObject({
      code: 'config.edit',
      message: 'server.sandbox has a reference, which would be lost',
    })
    await expect(editConfig(file, [set('server.sandbox.x', 1)], { env })).rejects.toMatchObject({
      code: 'config.edit',
    })
    await editConfig(file, [set('server.town', true)], { env })
    expect(text()).toContain(`sandbox: \${SANDBOX:-false}\n`)
    await editConfig(file, [set('server.sandbox', true)], { env })
    expect(text()).toContain('    sandbox: true\n')
  })

  test('is refused, as a whole, when a start would refuse what comes of it', async () => {
    const { file, text, folder } = home()
    const refused = editConfig(file, [set('log.level', 'debug'), set('server.lissten', 'x')], { env })
    await expect(refused).rejects.toMatchObject({
      code: 'config.invalid',
      problems: [{ field: 'server.lissten', hint: 'did you mean "listen"?' }],
    })
    expect(text()).toBe(CONFIG)
    expect(readdirSync(folder).sort()).toEqual(['bots', 'config.yaml'])
  })

  test("is checked by the schema of a plugin, in a bot's file", async () => {
    const { file: config, folder } = home({
      'plugins/greeter.ts': PLUGIN,
      'bots/herald.yaml': `${HERALD}plugins:\n  greeter:\n`,
    })
    const file = join(folder, 'bots/herald.yaml')
    const wrong = editConfig(file, [set('plugins.greeter.times', 4)], { config, env })
    await expect(wrong).rejects.toMatchObject({ problems: [{ field: 'plugins.greeter.times' }] })
    await editConfig(file, [set('plugins.greeter.times', 3)], { config, env })
    expect(readFileSync(file, 'utf8')).toBe(`${HERALD}plugins:\n  greeter:\n    times: 3\n`)
  })

  test('mends a file in which something is wrong, bit by bit', async () => {
    const { file, text } = home({ 'config.yaml': `${CONFIG}drain: 1h\nlissten: x\n` })
    const done = await editConfig(file, [unset('lissten')], { env })
    expect(done.problems).toMatchObject([{ field: 'drain' }])
    expect(text()).toBe(`${CONFIG}drain: 1h\n`)
  })

  test('that changes nothing writes nothing', async () => {
    const { file, folder } = home()
    expect(await editConfig(file, [set('log.level', 'info')], { env })).toMatchObject({ isChanged: false })
    expect(existsSync(join(folder, '.beadle'))).toBe(false)
  })

  test('keeps the mode of the file, and a link that leads to it', async () => {
    const { folder, file } = home()
    chmodSync(file, 0o640)
    renameSync(file, join(folder, 'real.yaml'))
    symlinkSync('real.yaml', file)
    await editConfig(file, [set('log.level', 'debug')], { env })
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(folder, 'real.yaml'), 'utf8')).toContain('level: debug')
  })

  test('is refused when the file was changed since it was looked at', async () => {
    const { file } = home()
    const ifDigest = digestOf(`${CONFIG}# another\n`)
    const late = editConfig(file, [set('log.level', 'warn')], { env, ifDigest })
    await expect(late).rejects.toMatchObject({ code: 'config.changed' })
    await editConfig(file, [set('log.level', 'warn')], { env, ifDigest: digestOf(CONFIG) })
  })

  test('is refused when the file is changed while it is checked', async () => {
    const { file, text } = home()
    const check = async () => writeFileSync(file, `${CONFIG}# by hand\n`)
    const edit = editConfig(file, [set('log.level', 'warn')], { env, check })
    await expect(edit).rejects.toMatchObject({ code: 'config.changed' })
    expect(text()).toBe(`${CONFIG}# by hand\n`)
  })

  test('waits for nobody: while another is being written it is refused, until that is given up', async () => {
    const { folder, file } = home()
    const draft = join(folder, '.config.yaml.new')
    writeFileSync(draft, '')
    const edit = () => editConfig(file, [set('log.level', 'warn')], { env })
    await expect(edit()).rejects.toMatchObject({ code: 'config.busy' })
    utimesSync(draft, new Date(0), new Date(0))
    await edit()
    expect(existsSync(draft)).toBe(false)
  })

  test('keeps a mark of the byte order and Windows line ends', async () => {
    const { file, text } = home({ 'config.yaml': `\ufeff${KEYS}`.replaceAll('\n', '\r\n') })
    await editConfig(file, [set('log.level', 'warn')], { env })
    expect(text()).toBe(`\ufeff${KEYS}log:\n  level: warn\n`.replaceAll('\n', '\r\n'))
  })
})

describe('the versions of a file', () => {
  test('are the last ten, for nobody else to read, each with a name by which it comes back', async () => {
    const { folder, file, text } = home()
    const clock = new ManualClock(Date.UTC(2026, 0, 31, 9))
    for (let attempts = 1; attempts <= 12; attempts++)
      await editConfig(file, [set('limits.attempts', attempts)], { env, clock })
    const versions = versionsOf(file, 'config')
    expect(versions).toHaveLength(10)
    expect(versions.at(-1)!.name).toBe('config-20260131T090000002Z')
    const kept = join(folder, '.beadle/versions')
    expect(statSync(kept).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(kept)) expect(statSync(join(kept, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, '.beadle/.gitignore'), 'utf8')).toBe('versions/\n')

    await restoreVersion(file, versions[0]!.name, { env, clock })
    expect(text()).toContain('attempts: 11\n')
    expect(versionsOf(file, 'config')).toHaveLength(10)
  })

  test('of bots are apart from those of config.yaml', async () => {
    const { folder, file: config } = home({ 'bots/config.yaml': 'username: config-bot\n' })
    const file = join(folder, 'bots/config.yaml')
    await editConfig(file, [set('nickname', 'C')], { config, env })
    expect(versionsOf(config, 'config')).toEqual([])
    expect(versionsOf(config, 'bots.config')).toHaveLength(1)
  })

  test('that would not start are not put back, and unknown ones are named', async () => {
    const { file, text } = home({ 'config.yaml': `${CONFIG}drain: 1h\n` })
    await editConfig(file, [set('drain', '1s')], { env })
    const [version] = versionsOf(file, 'config')
    await expect(restoreVersion(file, version!.name, { env })).rejects.toMatchObject({
      problems: [{ field: 'drain' }],
    })
    await expect(restoreVersion(file, 'config-1', { env })).rejects.toMatchObject({
      code: 'config.version',
      hint: `The last one is ${version!.name}.`,
    })
    expect(text()).toBe(`${CONFIG}drain: 1s\n`)
  })
})
