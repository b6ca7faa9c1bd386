import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ConfigError, loadConfig } from '../../../src/app/config/index.ts'
import type { JsonSchema } from '../../../src/app/config/json-schema/index.ts'
import { loadBotSpecs } from '../../../src/app/plugins.ts'
import { makeSchemas } from '../../../src/app/schemas.ts'
import { fencesOf, read } from '../../docs/markdown.ts'
import { ROOT } from '../../e2e/build.ts'
import { folderWith } from './files.ts'

const CONFIG_SCHEMA = '.beadle/config.schema.json'
const BOT_SCHEMA = '.beadle/bot.schema.json'

let files: Readonly<Record<string, string>>
let config: ValidateFunction
let bot: ValidateFunction

beforeAll(async () => {
  files = (await makeSchemas(join(ROOT, 'config.yaml'))).files
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  })
  config = ajv.compile(JSON.parse(files['config.schema.json']!))
  bot = ajv.compile(JSON.parse(files['bot.schema.json']!))
})

const shipped = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const takes = (schema: ValidateFunction, value: unknown): boolean => schema(value)
/** Where a schema finds fault with a file. */
const faults = (schema: ValidateFunction, text: string): string[] =>
  schema(parse(text)) ? [] : [...new Set(schema.errors!.map(({ instancePath }) => instancePath))]

describe('the schemas of this checkout', () => {
  test('are as `beadle schema` writes them', () => {
    expect(shipped(CONFIG_SCHEMA)).toBe(files['config.schema.json'])
    expect(shipped(BOT_SCHEMA)).toBe(files['bot.schema.json'])
  })

  test('are named by the files that ship, which they take', () => {
    expect(shipped('config.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.\/\.beadle\/config\.schema\.json\n/,
    )
    expect(faults(config, shipped('config.yaml'))).toEqual([])
    for (const path of ['bots/herald.yaml', 'bots/warden.yaml']) {
      expect(shipped(path)).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.beadle\/bot\.schema\.json\n/)
      expect(faults(bot, shipped(path))).toEqual([])
    }
  })

  test('take what the documents show as complete', () => {
    const [main, herald] = fencesOf(read('docs/configuration.md')).filter(
      ({ language }) => language === 'yaml',
    )
    expect(faults(config, main!.code)).toEqual([])
    expect(faults(bot, herald!.code)).toEqual([])
  })

  test('describe every field, with what holds where it is left out', () => {
    const bare: string[] = []
    const walk = (schema: JsonSchema, path: string): void => {
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        if (inner.description === undefined) bare.push(`${path}${key}`)
        walk(inner, `${path}${key}.`)
      }
    }
    walk(JSON.parse(files['config.schema.json']!), '')
    walk(JSON.parse(files['bot.schema.json']!), '')
    expect(bare).toEqual([])
    const { properties } = JSON.parse(files['config.schema.json']!) as JsonSchema
    expect(properties!.listen!.default).toBe('127.0.0.1:7071')
    expect(properties!.limits!.properties!.handler!.default).toBe('30s')
    expect(properties!.log!.properties!.level!.anyOf![0]!.enum).toEqual(['debug', 'info', 'warn', 'error'])
  })
})

describe('a file', () => {
  test.each([
    ['lissten: 127.0.0.1:1', ''],
    ['listen: 7071', undefined],
    ['listen: nowhere', '/listen'],
    ['drain: soon', '/drain'],
    ['jmessage: { appKey: short }', '/jmessage/appKey'],
    ['jmessage: { quota: never }', '/jmessage/quota'],
    ['log: { level: loud }', '/log/level'],
    ['limits: { attempts: 0 }', '/limits/attempts'],
    ['limits: { attempts: "6" }', '/limits/attempts'],
    ['server: { sandbox: maybe }', '/server/sandbox'],
    ['apps: { shop: { appKey: 0123456789abcdefABCDEF01 } }', '/apps/shop'],
    ['plugins: ./plugins', '/plugins'],
  ])('config.yaml that says %s is marked there', (text, at) => {
    const found = faults(config, text)
    if (at === undefined) expect(found).toEqual([])
    else expect(found).toContain(at)
  })

  test.each([
    ['{}', ''],
    ['{ username: a-bot, timezoone: UTC }', ''],
    ['{ username: no }', '/username'],
    ['{ username: a-bot, listen: { groups: some } }', '/listen/groups'],
    ['{ username: a-bot, plugins: { warden: { word: [] } } }', '/plugins/warden'],
    [
      '{ username: a-bot, plugins: { warden: { actions: { mute: never } } } }',
      '/plugins/warden/actions/mute',
    ],
    ['{ username: a-bot, plugins: { order: { use: warden, words: word } } }', '/plugins/order/words'],
    ['{ username: a-bot, plugins: { announce: { hooks: { x: {} } } } }', '/plugins/announce/hooks/x'],
    ['{ username: a-bot, plugins: { announce: } }', '/plugins/announce'],
    ['{ username: a-bot, plugins: { warden: { isolation: thread } } }', '/plugins/warden/isolation'],
  ])('of a bot that says %s is marked there', (text, at) => {
    expect(faults(bot, text)).toContain(at)
  })

  test('may have a reference, nothing, or digits without quotes wherever the loader takes them', () => {
    expect(
      faults(
        config,
        `listen: \${LISTEN}
drain: \${DRAIN:-1s}
jmessage: { appKey: 123456789012345678901234, quota: '\${Q}' }
server:
log: { level: '\${LEVEL:-info}' }
limits: { attempts: '\${N}', handler: }
`,
      ),
    ).toEqual([])
    expect(
      faults(
        bot,
        `username: '\${NAME}'
listen: { direct: '\${DIRECT:-true}', groups: ['\${G}'] }
plugins: { warden: , other: { any: thing }, greeter: }
`,
      ),
    ).toEqual([])
  })
})

describe('what a schema refuses', () => {
  const MAIN = fencesOf(read('docs/configuration.md')).filter(({ language }) => language === 'yaml')[0]!.code
  const HERALD = {
    ...parse(shipped('bots/herald.yaml')),
    ...{ app: 'main', adopt: false, enabled: true, mode: 'live', isolation: 'none', language: 'en' },
    listen: { groups: 'all', rooms: [20000001], direct: true },
  }
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      'word',
      '10s',
      'all',
      'off',
      true,
      false,
      0,
      1,
      -1,
      1.5,
      1e12,
      '127.0.0.1:80',
      [],
      {},
      ['a'],
      [1],
      { a: 1 },
    ),
    fc.string({ maxLength: 8 }).filter(text => !text.includes('${')),
    fc.integer(),
  )
  /** A value with something else somewhere in it. */
  const mutated = (value: unknown, picks: readonly number[], by: unknown): unknown => {
    const [pick = 0, ...rest] = picks
    if (typeof value !== 'object' || value === null || picks.length === 0) return by
    if (Array.isArray(value))
      return value.length === 0
        ? [by]
        : value.map((item, at) => (at === pick % value.length ? mutated(item, rest, by) : item))
    const keys = Object.keys(value)
    const at = pick % (keys.length + 1)
    if (at === keys.length) return { ...value, [`k${pick % 3}`]: by }
    const { [keys[at]!]: inner, ...others } = value as Record<string, unknown>
    return by === undefined && rest.length === 0
      ? others
      : { ...others, [keys[at]!]: mutated(inner, rest, by) }
  }
  /** Without what is not there. */
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Readonly<Record<string, unknown>>
  const change = fc.tuple(
    fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }),
    fc.option(odd, { nil: undefined }),
  )

  async function isTaken(main: unknown, herald: unknown): Promise<boolean> {
    const folder = folderWith({
      'config.yaml': JSON.stringify(main),
      'bots/herald.yaml': JSON.stringify(herald),
    })
    try {
      await loadBotSpecs(await loadConfig(join(folder, 'config.yaml'), { env: {} }))
      return true
    } catch (error) {
      if (error instanceof ConfigError) return false
      throw error
    }
  }
  const main = { ...parse(MAIN.replaceAll(/\$\{[A-Z_]+:-(\w+)\}/g, '$1')), plugins: [join(ROOT, 'plugins')] }

  test('the loader refuses, too: config.yaml', async () => {
    await fc.assert(
      fc.asyncProperty(change, async ([picks, by]) => {
        const value = plain(mutated(main, picks, by))
        fc.pre(!takes(config, value))
        expect(await isTaken(value, HERALD)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('the loader refuses, too: bots, and the settings of their plugins', async () => {
    expect(await isTaken(main, HERALD)).toBe(true)
    await fc.assert(
      fc.asyncProperty(change, async ([picks, by]) => {
        const value = plain(mutated(HERALD, picks, by))
        // The plugins of a bot that is switched off are not looked at.
        fc.pre(!takes(bot, value) && value.enabled !== false)
        expect(await isTaken(main, value)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})
