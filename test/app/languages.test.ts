import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/app/config/index.ts'
import { lookAtPlugins } from '../../src/app/plan/make-plan.ts'
import { loadBotSpecs } from '../../src/app/plugins.ts'
import { argumentTypes } from '../../src/runtime/plugin/commands/pattern/argument-types.ts'
import { compareTexts } from '../../src/runtime/texts/compare.ts'
import { SHIPPED_LANGUAGES } from '../../src/runtime/texts/language.ts'
import type { Texts } from '../../src/runtime/texts/texts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How texts that ship differ from English, and in which of the languages that ship they are not. */
const problemsOf = (languages: Readonly<Record<string, unknown>>): string[] => [
  ...SHIPPED_LANGUAGES.filter(language => !Object.hasOwn(languages, language)).map(
    one => `there is no ${one}`,
  ),
  ...compareTexts(languages as Parameters<typeof compareTexts>[0]).map(({ message }) => message),
]

/** Whether something is said in all languages that ship. */
const isInAll = (text: unknown): boolean =>
  typeof text === 'object' &&
  text !== null &&
  SHIPPED_LANGUAGES.every(language => (text as Record<string, unknown>)[language])

/** Files of `src` with texts of people's languages. */
const FILES = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('texts/texts.ts'))
  .filter(file => readFileSync(join(root, 'src', file), 'utf8').includes('defineTexts('))

test.each(FILES)('the texts of src/%s are the same in all languages', async file => {
  const module: Record<string, unknown> = await import(join(root, 'src', file))
  const all = Object.values(module).filter(isTexts)
  // One that is not exported would be looked at by nobody.
  expect(all).toHaveLength(readFileSync(join(root, 'src', file), 'utf8').split('defineTexts(').length - 1)
  expect(all.flatMap(({ languages }) => problemsOf(languages))).toEqual([])
})

const isTexts = (value: unknown): value is Texts =>
  typeof value === 'object' && value !== null && 'languages' in value && 'in' in value

test('what arguments have to be is said in all languages', () => {
  expect(Object.entries(argumentTypes).filter(([, { expects }]) => !isInAll(expects))).toEqual([])
})

test('the plugins that ship, and the commands of every bot, are in all languages', async () => {
  const config = await loadConfig(join(root, 'config.yaml'), { env: {} })
  // Whoever took the README's tour has one more of both, which did not ship.
  const bots = (await loadBotSpecs(config)).filter(({ id }) => id !== 'hello')
  const plugins = bots.flatMap(bot => bot.plugins.map(({ definition }) => definition))
  expect(plugins.map(({ name }) => name).sort()).toEqual(
    readdirSync(join(root, 'plugins'))
      .filter(name => existsSync(join(root, 'plugins', name, 'README.md')))
      .sort(),
  )
  const problems = plugins.flatMap(({ name, texts, description }) => [
    ...problemsOf(texts ?? {}).map(problem => `${name}: ${problem}`),
    ...(isInAll(description) ? [] : [`${name}: its description`]),
  ])
  const { seen } = await lookAtPlugins({
    config,
    bots,
    look: ({ host }) => bots.flatMap(({ id }) => host.instances(id).flatMap(({ commands }) => commands.all)),
  })
  expect(seen.length).toBeGreaterThan(15)
  for (const { pattern, options } of seen) {
    const { name } = pattern
    if (!isInAll(options.description)) problems.push(`${name}: its description`)
    if (!options.names?.zh) problems.push(`${name}: its Chinese name`)
    if (options.sideEffects !== undefined && !isInAll(options.sideEffects))
      problems.push(`${name}: its effects`)
  }
  expect(problems).toEqual([])
})
