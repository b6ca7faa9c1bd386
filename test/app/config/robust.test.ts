// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of YAML files are under test
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { looksSecret } from '../../../src/app/config/field-path.ts'
import { ConfigError, loadConfig } from '../../../src/app/config/index.ts'
import { levenshtein } from '../../../src/base/closest.ts'
import { HERALD, KEYS } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'beadle-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'bots'))
const configPath = join(folder, 'config.yaml')
const botPath = join(folder, 'bots/herald.yaml')

/** The message of the ConfigError, or nothing when all is well; any other error goes through. */
async function failureOf(config: string, bot: string, env: Record<string, string> = {}): Promise<string> {
  writeFileSync(configPath, config)
  writeFileSync(botPath, bot)
  try {
    await loadConfig(configPath, { env })
    return ''
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message
    throw thrown
  }
}

const LINES = [
  ...KEYS.split('\n'),
  'listen: 127.0.0.1:7071',
  'server: { sandbox: true }',
  'log: &log { level: info }',
  'limits: *log',
  'plugins: [a, b]',
  'data: ${X:-./data}',
  'bots: ./bots',
  '__proto__: { a: 1 }',
  'constructor:',
  '? [a]',
  ': - x',
  '- |',
  '<<: *log',
  '%YAML 1.1',
  '---',
]
const SCRAPS = [
  '${',
  '}',
  '$${',
  '&a',
  '*a',
  '!!map',
  '\t',
  '\r',
  '"',
  "'",
  '[',
  '{',
  ': ',
  '- ',
  '#',
  '\0',
  '\u2028',
  '\ufeff',
]

const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(...LINES),
      fc.constantFrom(...SCRAPS),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    {
      maxLength: 20,
    },
  )
  .chain(parts => fc.constantFrom('\n', '', ' ', '\n  ').map(glue => parts.join(glue)))
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), yamlish)

describe('whatever is written', () => {
  test('into config.yaml, nothing but a ConfigError comes of it', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async text => {
        await failureOf(text, HERALD)
      }),
      { numRuns: 500 },
    )
  })

  test('into the file of a bot, nothing but a ConfigError comes of it', async () => {
    const text = fc.oneof(
      anyText,
      yamlish.map(rest => `${HERALD}plugins:\n  ${rest}`),
    )
    await fc.assert(
      fc.asyncProperty(text, async bot => {
        await failureOf(KEYS, bot)
      }),
      { numRuns: 500 },
    )
  })

  test('as any kind of value for any field, nothing but a ConfigError comes of it', async () => {
    const field = fc.constantFrom(
      'data',
      'listen',
      'jmessage',
      'server',
      'bots',
      'plugins',
      'log',
      'limits',
      'publicUrl',
      'trustProxies',
    )
    await fc.assert(
      fc.asyncProperty(fc.dictionary(field, fc.jsonValue(), { minKeys: 1 }), async config => {
        await failureOf(JSON.stringify(config), HERALD)
      }),
      { numRuns: 300 },
    )
  })
})

describe('secrets stay out of messages', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/).filter(text => text.length !== 24)

  test.each<[what: string, config: (secret: string) => string]>([
    ['a plain one', s => `jmessage: { masterSecret: ${s} }\n`],
    ['a quoted one', s => `jmessage:\n  appKey: "${s}"\n  masterSecret: '${s}'\n`],
    ['a long one', s => `jmessage:\n  masterSecret: ${s.repeat(9)}\n`],
    ['in a list', s => `jmessage:\n  masterSecret: [${s}, '${s}']\n`],
    ['in a map', s => `jmessage:\n  masterSecret: { a: ${s} }\n`],
    ['that looks like an alias', s => `jmessage:\n  masterSecret: *${s}\n`],
    ['that looks like a tag', s => `jmessage:\n  masterSecret: !${s} x\n`],
    ['with a colon in it', s => `jmessage:\n  masterSecret: ${s}: ${s}\n`],
    ['with a quote that is open', s => `jmessage:\n  masterSecret: "${s}\n`],
    ['with brackets', s => `jmessage:\n  masterSecret: ]${s} {${s}\n`],
    ['with a bad escape', s => `jmessage:\n  masterSecret: "\\q${s}"\n`],
    ['from a variable', () => 'jmessage:\n  masterSecret: ${HUSH}\n'],
    ['from a variable with a secret name, in another field', () => `${KEYS}listen: \${HUSH_TOKEN}\n`],
    ['in a URL', s => `${KEYS}publicUrl: ftp://user:${s}@host/\n`],
    ['under a key that is not known', s => `${KEYS}masterSekret: ${s}\n`],
    ['given twice', s => `jmessage:\n  masterSecret: ${s}\n  masterSecret: ${s}\n`],
  ])('%s', async (_, config) => {
    await fc.assert(
      fc.asyncProperty(secret, async hush => {
        const message = await failureOf(config(hush), HERALD, { HUSH: hush, HUSH_TOKEN: hush })
        expect(message).not.toBe('')
        expect(message).not.toContain(hush)
      }),
      { numRuns: 20 },
    )
  })

  test('one from a file, in any field', async () => {
    writeFileSync(join(folder, 'hush.txt'), 'very-secret-indeed\n')
    const message = await failureOf(`${KEYS}listen: \${file:hush.txt}\n`, HERALD)
    expect(message).toContain('listen: must be HOST:PORT')
    expect(message).not.toContain('very-secret')
  })

  test.each([
    'secret',
    'masterSecret',
    'PASSWORD',
    'api_key',
    'apikey',
    'appKey',
    'tokens',
    'KEY',
    'clientSecretOld',
  ])('%s looks secret', name => expect(looksSecret(name)).toBe(true))

  test.each(['monkey', 'keyboard', 'listen', 'text'])('%s does not look secret', name =>
    expect(looksSecret(name)).toBe(false),
  )
})

test('the distance of words is a metric', () => {
  const word = fc.string({ maxLength: 12 })
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(levenshtein(a, b)).toBe(levenshtein(b, a))
      expect(levenshtein(a, b) === 0).toBe(a === b)
      expect(levenshtein(a, c)).toBeLessThanOrEqual(levenshtein(a, b) + levenshtein(b, c))
    }),
  )
})
