import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { beforeAll, expect, test } from 'vitest'
import { build, ROOT } from '../e2e/build.ts'
import { folder, write } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { home, runTool } from './new-home.ts'
import { typed } from './typed.ts'

beforeAll(build)

const LONG = 'a-name-that-is-as-long-as-names-may-be-0'
const TEMPLATES = ['command', 'dialogue', 'webhook', 'schedule']
/** Each template, in both languages, in turns under a short name and the longest one. */
const PLUGINS = TEMPLATES.flatMap((template, index) =>
  ['ts', 'js'].map((language, turn) => ({
    ...{ template, language },
    name:
      (index + turn) % 2 === 0
        ? `${template[0]}-${language}`
        : `${LONG.slice(0, -2)}${template[0]}${language[0]}`,
  })),
)

const read = (path: string): string => readFileSync(path, 'utf8')

/** What the compiler says of files, as it is set up for plugins. */
function problemsOf(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const program = ts.createProgram(files, {
    ...options,
    allowJs: true,
    checkJs: true,
    rootDir: '/',
    typeRoots: [join(ROOT, 'node_modules/@types')],
  })
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || files.includes(file.fileName))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

test('what is made passes lint, types, its own test, and the check', { timeout: 240_000 }, async () => {
  const here = home()
  expect(await typed(['new', 'project'], { cwd: here })).toMatchObject({ code: 0, stderr: '' })
  for (const { template, language, name } of PLUGINS) {
    const args = ['new', 'plugin', name, '--template', template, '--bot', 'helper']
    const made = await typed(language === 'js' ? [...args, '--js'] : args, { cwd: here })
    expect(made, made.stderr).toMatchObject({ code: 0 })
  }
  const sources = PLUGINS.flatMap(({ name, language }) => [
    join(here, `plugins/${name}/index.${language}`),
    join(here, `plugins/${name}/${name}.test.${language}`),
  ])
  expect(problemsOf(sources)).toEqual([])
  write(join(here, 'biome.json'), {
    ...JSON.parse(read(join(ROOT, 'biome.json'))),
    vcs: undefined,
    $schema: undefined,
  })
  const lint = await runTool(
    '@biomejs/biome/bin/biome',
    ['check', '--error-on-warnings', 'plugins', 'tsconfig.json', 'package.json'],
    here,
  )
  expect(lint.code, lint.output).toBe(0)
  const tested = await runTool('vitest/vitest.mjs', ['run', '--no-isolate'], here)
  expect(tested.code, tested.output).toBe(0)
  expect(tested.output).toMatch(new RegExp(`Test Files\\s+${PLUGINS.length} passed`))
  const checked = await run(['check'], { cwd: here })
  expect(checked.stdout).toContain(`helper as helper-bot: ${PLUGINS.map(({ name }) => name).join(', ')}`)
})

test('a project is made in a folder, and says what to do next', async () => {
  const here = folder()
  const { code, stdout } = await typed(['new', 'project', 'my-bots', '--bot', 'herald'], { cwd: here })
  expect(code).toBe(0)
  expect(stdout).toBe(
    [
      'Made a project in my-bots:',
      ...['package.json', 'config.yaml', '.gitignore', 'tsconfig.json', 'bots/herald.yaml'].map(
        name => `  + my-bots/${name}`,
      ),
      '',
      'Next:',
      '  cd my-bots',
      '  npm install',
      '  npx beadle new plugin hello --bot herald',
      '  npx beadle dev',
      '',
    ].join('\n'),
  )
  const made = JSON.parse(read(join(here, 'my-bots/package.json')))
  expect(made).toMatchObject({ name: 'my-bots', type: 'module', scripts: { test: 'vitest run' } })
  expect((await typed(['check'], { cwd: join(here, 'my-bots') })).stdout).toContain(
    'herald as herald-bot: no plugins',
  )
})

test('each project has a secret of its own', async () => {
  const here = folder()
  const secrets = []
  for (const name of ['one', 'two']) {
    await typed(['new', 'project', name], { cwd: here })
    secrets.push(/masterSecret: (\w{24})\n/.exec(read(join(here, name, 'config.yaml')))![1])
  }
  expect(secrets[0]).not.toBe(secrets[1])
})

test('what package.json says already stays, and what is missing is added', async () => {
  const here = folder({
    'package.json': {
      name: 'mine',
      dependencies: { beadle: 'file:beadle.tgz' },
      scripts: { test: 'node --test' },
    },
    'tsconfig.json': '{}',
  })
  const { code, stdout } = await typed(['init'], { cwd: here })
  expect(code).toBe(0)
  expect(stdout).toContain('  ~ package.json')
  expect(JSON.parse(read(join(here, 'package.json')))).toMatchObject({
    name: 'mine',
    type: 'module',
    dependencies: { beadle: 'file:beadle.tgz' },
    scripts: { test: 'node --test', dev: 'beadle dev' },
  })
  expect(read(join(here, 'tsconfig.json'))).toBe('{}')
  expect(await typed(['init'], { cwd: here })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is a project in . already'),
  })
  const common = folder({ 'package.json': { type: 'commonjs' } })
  expect((await typed(['init'], { cwd: common })).stderr).toContain('package.json has "type": "commonjs"')
  expect(existsSync(join(common, 'config.yaml'))).toBe(false)
})

test("a plugin is added to a bot's file, whose comments and order stay", async () => {
  const bot =
    '# The herald.\nusername: herald-bot # its account\nplugins:\n  # says hello\n  hello: { greeting: Hi }\nroles:\n  owner: [alice]\n'
  const here = folder({ 'config.yaml': '# nothing\n', 'bots/herald.yaml': bot })
  const args = ['new', 'plugin', 'ring', '--template', 'webhook', '--bot', 'herald']
  const { code, stdout } = await typed([...args, '--json'], { cwd: here })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    files: ['plugins/ring/index.ts', 'plugins/ring/ring.test.ts', 'plugins/ring/README.md'],
    changed: ['bots/herald.yaml'],
    next: ['npx vitest run plugins/ring', 'npx beadle dev'],
  })
  const edited = read(join(here, 'bots/herald.yaml'))
  expect(edited.replace(/[A-Za-z0-9]{24}/, 'TOKEN')).toBe(
    bot.replace('Hi }\n', 'Hi }\n  ring:\n    token: TOKEN\n'),
  )
})

test('nothing is overwritten, and nothing is left half done', async () => {
  const here = folder({
    'config.yaml': 'plugins: [./mine]\nbots: ./who\n',
    'who/herald.yaml': 'username: herald-bot\nplugins: { hello: {} }\n',
    'mine/hello.ts': 'export default 1',
  })
  const fails = async (args: readonly string[], message: string) => {
    const { code, stderr } = await typed(['new', ...args], { cwd: here })
    expect(stderr).toContain(message)
    expect(code).toBe(1)
  }
  await fails(['plugin', 'hello'], 'there is a plugin of this name already: mine/hello.ts')
  await fails(['plugin', 'ring', '--bot', 'nobody'], "there is no bot 'nobody' in who")
  await fails(['bot', 'herald'], 'who/herald.yaml is there already')
  await typed(['new', 'plugin', 'other', '--bot', 'herald'], { cwd: here })
  await fails(['plugin', 'other', '--bot', 'herald'], 'it has a plugin of this name')
  await fails(['plugin', 'other'], 'there is a plugin of this name already: mine/other')
  expect(existsSync(join(here, 'mine/ring'))).toBe(false)
  write(join(here, 'who/herald.yaml'), 'plugins: [broken')
  await fails(['plugin', 'ring', '--bot', 'herald'], 'cannot be added to who/herald.yaml')
})

test.each([
  [['plugin'], 'say what the plugin is called: beadle new plugin hello'],
  [['bot'], 'say what the bot is called: beadle new bot herald'],
  [['plugin', 'Hello'], "'Hello' cannot be the name of a plugin: use 1 to 40 characters of a-z, 0-9 and -"],
  [['plugin', '../up'], "'../up' cannot be the name of a plugin"],
  [
    ['plugin', 'x', '--template', 'poem'],
    '--template poem: must be one of command, dialogue, webhook, schedule',
  ],
  [['bot', 'The_Herald'], "'The_Herald' cannot be the id of a bot"],
  [['bot', 'herald', '--username', 'x'], "'x' cannot be a username: use 4 to 128"],
])('%j is refused, and says why', async (args, message) => {
  const here = folder({ 'config.yaml': '', 'bots/a.yaml': 'username: a-bot\n' })
  const { code, stdout, stderr } = await typed(['new', ...args], { cwd: here })
  expect(stderr).toContain(message)
  expect([code, stdout]).toEqual([1, ''])
})

test('outside of a project, it says how one is made', async () => {
  const { code, stderr } = await typed(['new', 'plugin', 'hello'], { cwd: folder() })
  expect(code).toBe(1)
  expect(stderr).toContain('there is no project here, as there is no config.yaml')
  expect(stderr).toContain('beadle new project makes one')
})

test('a bot is made with what it is told', async () => {
  const here = folder({ 'config.yaml': read(join(ROOT, 'config.yaml')) })
  const args = ['new', 'bot', 'herald', '--nickname', "The: 'Herald'", '--username', 'town.herald']
  expect(await typed(args, { cwd: here })).toMatchObject({ code: 0 })
  await typed(['new', 'plugin', 'hello', '--bot', 'herald'], { cwd: here })
  await typed(['new', 'bot', 'crier', '--plugin', 'hello'], { cwd: here })
  const { stdout, stderr } = await typed(['check'], { cwd: here })
  expect(stderr).toBe('')
  expect(stdout).toContain('herald as town.herald: hello')
  expect(stdout).toContain('crier as crier-bot: hello')
})
