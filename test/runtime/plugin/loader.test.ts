import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as publicFace from '../../../src/index.ts'
import { PluginLoader } from '../../../src/runtime/plugin/loading/loader.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beadle-plugins-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const loader = () => new PluginLoader({ folders: [join(folder, 'none'), folder], publicFace })
const failure = (name: string) =>
  loader()
    .load(name)
    .catch(error => error)

test('plugins are found as folders and files, in TypeScript and JavaScript, with what they import', async () => {
  write(
    'one/index.ts',
    "import { name } from './name.ts'\nexport default { name: name as string, setup() {} }",
  )
  write('one/name.ts', "export const name: string = 'one'")
  write('two.js', "export default { name: 'two', setup() {} }")
  write('three.mts', "export default { name: 'three', setup() {} } satisfies object")
  for (const name of ['one', 'two', 'three']) expect((await loader().load(name)).name).toBe(name)
  expect((await loader().load(join(folder, 'two'))).name).toBe('two')
})

test("what a plugin imports from 'beadle' is the running instance", async () => {
  write(
    'same.ts',
    "import { AppError, definePlugin, UserError, z } from 'beadle'\nexport default Object.assign({}, definePlugin({ name: 'same', config: z.object({}), setup() {} }), { AppError, UserError, z })",
  )
  const plugin = (await loader().load('same')) as unknown as typeof publicFace
  expect(plugin.AppError).toBe(publicFace.AppError)
  expect(plugin.UserError).toBe(publicFace.UserError)
  expect(plugin.z).toBe(publicFace.z)
})

test('each load reads the files anew', async () => {
  write(
    'changing/index.ts',
    "import { n } from './part.ts'\nexport default { name: ['v', n].join(''), setup() {} }",
  )
  write('changing/part.ts', 'export const n = 1')
  expect((await loader().load('changing')).name).toBe('v1')
  write('changing/part.ts', 'export const n = 2')
  expect((await loader().load('changing')).name).toBe('v2')
})

test.each(['js', 'mjs', 'cjs'])('a part in another language is read anew, too: .%s', async ending => {
  const part = (n: number) => (ending === 'cjs' ? `module.exports = { n: ${n} }` : `export const n = ${n}`)
  write('package.json', '{ "type": "module" }')
  write(
    'script/index.js',
    `import * as part from './part.${ending}'\nexport default { name: 'v' + (part.n ?? part.default.n), setup() {} }`,
  )
  for (const n of [1, 2]) {
    write(`script/part.${ending}`, part(n))
    expect((await loader().load('script')).name).toBe(`v${n}`)
  }
})

test('an unknown plugin is an error that says where it was looked for', async () => {
  expect(await failure('nowhere')).toMatchObject({
    code: 'plugin.unknown',
    message: "there is no plugin 'nowhere'",
    hint: expect.stringContaining(folder),
  })
})

test('a file that cannot be read is an error that names it', async () => {
  write('broken.ts', 'export default {{')
  write('throws.ts', "throw new Error('at the top')")
  write('lost.ts', "import './not-there.ts'\nexport default { name: 'lost', setup() {} }")
  for (const name of ['broken', 'throws', 'lost']) {
    const error = await failure(name)
    expect(error.code).toBe('plugin.load')
    expect(error.message).toContain(join(folder, `${name}.ts`))
    expect(error.cause).toBeInstanceOf(Error)
  }
})

test.each(['export const plugin = {}', 'export default 5', "export default { name: 'x' }"])(
  'a file that exports no plugin (%s) is an error that says how',
  async text => {
    write('odd.ts', text)
    expect(await failure('odd')).toMatchObject({
      code: 'plugin.export',
      hint: expect.stringContaining('definePlugin'),
    })
  },
)
