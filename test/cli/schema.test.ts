import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { typed } from './typed.ts'

const greeter = (field: string) => `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'greeter',
  description: 'Greets',
  config: z.object({ ${field}: z.string().describe('What it says') }),
  setup() {},
})
`

test('schema writes what editors need, and check keeps it as the plugins are', async () => {
  const here = folder({
    'config.yaml': config({ listen: '127.0.0.1:0', server: { listen: '127.0.0.1:0' } }),
    'bots/herald.yaml': 'username: herald-bot\n',
    'plugins/greeter.ts': greeter('greeting'),
    'plugins/broken.ts': 'export default {',
  })
  const botSchema = () => JSON.parse(readFileSync(join(here, '.beadle/bot.schema.json'), 'utf8'))
  expect((await typed(['check'], { cwd: here })).code).toBe(0)
  expect(existsSync(join(here, '.beadle'))).toBe(false)

  const { code, stdout, stderr } = await typed(['schema'], { cwd: here })
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('the settings of plugin broken are left open'),
  })
  expect(stdout).toContain('.beadle/config.schema.json\n.beadle/bot.schema.json\n')
  expect(stdout).toContain('# yaml-language-server: $schema=../.beadle/bot.schema.json')
  expect(botSchema().definitions['plugin-greeter']).toMatchObject({
    properties: { greeting: { description: 'What it says' }, enabled: {} },
    required: ['greeting'],
    additionalProperties: false,
  })

  writeFileSync(join(here, 'plugins/greeter.ts'), greeter('welcome'))
  expect((await typed(['check'], { cwd: here })).code).toBe(0)
  expect(botSchema().definitions['plugin-greeter'].required).toEqual(['welcome'])

  const elsewhere = await typed(['schema', '--out', 'schemas', '--json'], { cwd: here })
  expect(JSON.parse(elsewhere.stdout)).toEqual({
    files: ['schemas/config.schema.json', 'schemas/bot.schema.json'],
    open: ['broken'],
    problems: [{ plugin: 'broken', message: expect.any(String) }],
  })
})
