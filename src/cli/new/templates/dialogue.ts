import type { PluginTemplate } from './plugin-template.ts'

export const dialogue: PluginTemplate = {
  about: 'asks, and waits for the answers',
  index: name => `import { definePlugin, z } from 'beadle'

export default definePlugin({
  name: '${name}',
  description: 'Takes orders, by asking',
  config: z.strictObject({
    sizes: z.array(z.string().min(1).max(100)).min(1).max(20).default(['small', 'large']),
  }),
  setup(ctx, { sizes }) {
    ctx.command('${name}', 'Takes your order', async ({ ask }) => {
      const size = await ask('Which size?', { choices: sizes })
      const count = await ask('How many?', { type: 'int', validate: n => n > 0 || 'At least one.' })
      if (!(await ask.confirm(\`Order \${count} \${size}?\`))) return 'Nothing was ordered.'
      return \`Ordered: \${count} \${size}\`
    })
  },
})
`,
  test: (name, { file, vitest, open }) => `import { world } from 'beadle/testing'
${vitest('test')}
import plugin from '${file}'

test('takes an order, also over a restart', async () => {
  ${open('')}
  const { alice, group } = w
  await alice.says('/${name}')
  await group.expect(/^Which size\\?/)
  await alice.says('large')
  await group.expect('How many?')
  await w.restart()
  await alice.says('0')
  await group.expect(/At least one\\./)
  await alice.says('2')
  await group.expect(/^Order 2 large\\?/)
  await alice.says('yes')
  await group.expect('Ordered: 2 large')
})

test('orders nothing where it is told not to, and offers what it is told to', async () => {
  ${open(", config: { sizes: ['huge'] }")}
  const { alice, group } = w
  await alice.says('/${name}')
  await group.expect(/1\\. huge/)
  await alice.says('1')
  await group.expect('How many?')
  await alice.says('1')
  await group.expect(/^Order 1 huge\\?/)
  await alice.says('no')
  await group.expect('Nothing was ordered.')
})
`,
  readme: name => `# ${name}

Takes orders: asks for the size and the number, and whether that is right.

\`\`\`yaml
plugins:
  ${name}: { sizes: [small, large, huge] }
\`\`\`

| Setting | Is                        | Default          |
| ------- | ------------------------- | ---------------- |
| \`sizes\` | Sizes that can be ordered | \`small\`, \`large\` |

| Command | Does |
| --- | --- |
| \`/${name}\` | Takes your order |

Who says \`cancel\`, or nothing for five minutes, orders nothing.
The questions stay open over restarts.
`,
  settings: () => ({}),
}
