import { randomSecret } from '../random-secret.ts'
import type { PluginTemplate } from './plugin-template.ts'

export const webhook: PluginTemplate = {
  about: 'tells a group what a webhook brings',
  index: name => `import { definePlugin, z } from 'beadle'

const Body = z.object({ text: z.string().min(1).max(1000) })

export default definePlugin({
  name: '${name}',
  description: 'Tells a group what a webhook brings',
  config: z.strictObject({
    /** Callers prove themselves with it. */
    token: z.string().min(16, 'must be at least 16 characters'),
    group: z.int().default(10000001),
  }),
  setup(ctx, { token, group }) {
    ctx.webhook('post', { auth: { type: 'bearer', token }, body: Body }, async ({ body, bot }) => {
      await bot.group(group).text(body.text)
    })
  },
})
`,
  test: (_, { file, vitest, open }) => `import { world } from 'beadle/testing'
${vitest('expect', 'test')}
import plugin from '${file}'

const config = { token: 'a-token-for-this-test' }

test('tells the group what the webhook brings', async () => {
  ${open(', config')}
  expect((await w.webhook('post', { text: 'It is live' })).status).toBe(202)
  await w.group.expect('It is live')
})

test('refuses who has no token, and what has no text', async () => {
  ${open(', config')}
  expect((await w.webhook('post', { text: 'It is live' }, { auth: 'none' })).status).toBe(401)
  expect((await w.webhook('post', {})).status).toBe(400)
  await w.group.expectNothing()
})
`,
  readme: name => `# ${name}

Tells a group what a webhook brings.

\`\`\`yaml
plugins:
  ${name}:
    token: \${WEBHOOK_TOKEN}
    group: 10000001
\`\`\`

| Setting | Is                                                 | Default    |
| ------- | -------------------------------------------------- | ---------- |
| \`token\` | What callers send as \`Authorization: Bearer <token>\` |            |
| \`group\` | The group that is told                             | \`10000001\` |

\`POST /hooks/<bot>/${name}/post\` with \`{"text": "…"}\`.
A call without the token is answered 401, one without a text 400, with the field.
`,
  settings: () => ({ token: randomSecret() }),
}
