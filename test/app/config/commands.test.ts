import { expect, test } from 'vitest'
import { loadBotSpecs } from '../../../src/app/plugins.ts'
import { load } from './files.ts'

test('a bot’s file says what holds for the commands of its plugins', async () => {
  const { bots } = await load({
    'bots/herald.yaml': `username: herald-bot
help: false
plugins:
  quiz:
    size: 3
    commands:
      quiz: { enabled: false }
      quiz start: { groups: [10000001], rooms: none, direct: false, role: [], cooldown: 10s }
      答题: { role: moderator, cooldown: { for: 1m, per: conversation, uses: 3, exempt: [helper] } }
      dice: { cooldown: off }
`,
  })
  expect(bots[0]?.config.help).toBe(false)
  expect(bots[0]?.pluginSettings[0]).toMatchObject({
    settings: { size: 3 },
    commands: {
      quiz: { enabled: false },
      'quiz start': { groups: [10000001], rooms: 'none', direct: false, role: [], cooldown: 10_000 },
      答题: {
        role: 'moderator',
        cooldown: { for: 60_000, per: 'conversation', uses: 3, exempt: ['helper'] },
      },
      dice: { cooldown: 'off' },
    },
  })
})

test('and the plugins are set up with it', async () => {
  const config = await load({
    'bots/herald.yaml':
      'username: herald-bot\nhelp: false\nplugins: { quiz: { commands: { quiz: { role: [] } } } }\n',
    'plugins/quiz.ts': `import { definePlugin } from 'beadle'\nexport default definePlugin({ name: 'quiz', setup() {} })`,
  })
  const [bot] = await loadBotSpecs(config)
  expect(bot).toMatchObject({
    help: false,
    plugins: [{ name: 'quiz', settings: {}, commands: { quiz: { role: [] } } }],
  })
})
