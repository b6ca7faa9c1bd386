import type { PluginTemplate } from './plugin-template.ts'

export const command: PluginTemplate = {
  about: 'answers a command in a chat',
  index: name => `import { definePlugin, z } from 'beadle'

export default definePlugin({
  name: '${name}',
  description: 'Greets who asks for it',
  config: z.strictObject({
    greeting: z.string().min(1).max(100).default('Hello'),
  }),
  setup(ctx, { greeting }) {
    ctx.command('${name} [name]', 'Greets you', ({ args, user }) => {
      return \`\${greeting}, \${args.name ?? user.username}!\`
    })
  },
})
`,
  test: (name, { file, vitest, open }) => `import { world } from 'beadle/testing'
${vitest('test')}
import plugin from '${file}'

test('greets who asks for it, and others', async () => {
  ${open('')}
  const { alice, group } = w
  await alice.says('/${name}')
  await group.expect('Hello, alice!')
  await alice.says('/${name} bobby')
  await group.expect('Hello, bobby!')
})

test('greets as it is told to', async () => {
  ${open(", config: { greeting: 'Hi' }")}
  await w.alice.says('/${name}')
  await w.group.expect('Hi, alice!')
})
`,
  readme: name => `# ${name}

Greets who asks for it.

\`\`\`yaml
plugins:
  ${name}: { greeting: Hi }
\`\`\`

| Setting    | Is                    | Default |
| ---------- | --------------------- | ------- |
| \`greeting\` | How somebody is greeted | \`Hello\` |

| Command | Does |
| --- | --- |
| \`/${name} [name]\` | Greets you, or who is named |
`,
  settings: () => ({}),
}
