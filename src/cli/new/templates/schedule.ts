import type { PluginTemplate } from './plugin-template.ts'

export const schedule: PluginTemplate = {
  about: 'says something at set times',
  index: name => `import { CronField, definePlugin, z } from 'beadle'

export default definePlugin({
  name: '${name}',
  description: 'Says something at set times',
  config: z.strictObject({
    cron: CronField.default('0 9 * * 1-5'),
    text: z.string().min(1).max(1000).default('Good morning!'),
    group: z.int().default(10000001),
  }),
  setup(ctx, { cron, text, group }) {
    ctx.cron(cron, { name: 'say' }, async ({ bot }) => {
      await bot.group(group).text(text)
    })
  },
})
`,
  test: (_, { file, vitest, open }) => `import { world } from 'beadle/testing'
${vitest('test')}
import plugin from '${file}'

test('says it when it is time', async () => {
  ${open('')}
  await w.clock.advanceTo('2026-01-01T08:59:00Z')
  await w.group.expectNothing()
  await w.clock.advance('1m')
  await w.group.expect('Good morning!')
})

test('says what it is told to', async () => {
  ${open(", config: { text: 'Lunch!' }")}
  await w.cron('say')
  await w.group.expect('Lunch!')
})
`,
  readme: name => `# ${name}

Says something at set times.

\`\`\`yaml
plugins:
  ${name}: { cron: '0 12 * * *', text: 'Lunch!' }
\`\`\`

| Setting | Is                                                          | Default         |
| ------- | ----------------------------------------------------------- | --------------- |
| \`cron\`  | When: a cron expression, in the time zone of the bot's file | \`0 9 * * 1-5\`   |
| \`text\`  | What is said                                                | \`Good morning!\` |
| \`group\` | The group in which it is said                               | \`10000001\`      |
`,
  settings: () => ({}),
}
