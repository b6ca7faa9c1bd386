import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/app/config/index.ts'
import { BotFile, MainFile } from '../../src/app/config/schema.ts'
import { fencesOf, read } from './markdown.ts'

const document = read('docs/configuration.md')
const documented = [...document.matchAll(/^\| `([A-Za-z.]+)`/gm)].map(match => match[1]!)

/** The keys of a schema, those of maps inside with a dot. */
function keysOf(schema: z.ZodType, prefix = ''): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const nested = (at: object, start: string): string[] =>
    Object.entries(at).flatMap(([key, value]: [string, { properties?: object }]) =>
      value.properties ? nested(value.properties, `${start}${key}.`) : [`${start}${key}`],
    )
  return nested(properties, prefix)
}

test('every key of config.yaml and of bots is documented, and no other', () => {
  const keys = [...keysOf(MainFile), ...keysOf(BotFile)]
  expect(documented.filter(key => /^[a-z]/.test(key)).sort()).toEqual(keys.sort())
})

test('the complete examples are right', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const files = fencesOf(document).filter(({ language }) => language === 'yaml')
  for (const { lead, code } of files) {
    const path = join(folder, /a complete `([^`]+)`/i.exec(lead)![1]!)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, code)
  }
  const { main, bots } = await loadConfig(join(folder, 'config.yaml'), { env: {} })
  expect(main.jmessage.masterSecret).toBe('beadle00townsecret000001')
  expect(bots.map(({ id }) => id)).toEqual(['herald'])
})
