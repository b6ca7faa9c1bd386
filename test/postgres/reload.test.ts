import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config, hook, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { until } from '../e2e/until.ts'
import { database } from '../engine.ts'

const PARROT = `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'parrot',
  config: z.strictObject({ word: z.string() }),
  setup(ctx, { word }) {
    ctx.webhook('post', { auth: 'none', dedupe: 'off' }, ({ bot }) => bot.group(10000001).text(word))
  },
})
`

const parrot = (word: string) => ({ username: 'porter-bot', plugins: { parrot: { word } } })

/** A folder of a node, with files of its own. */
async function node(jmessage: string, data: string) {
  const port = await freePort()
  const here = folder({
    'config.yaml': config({
      ...{ listen: `127.0.0.1:${port}`, database: data },
      jmessage: { endpoint: jmessage, inbound: 'none' },
    }),
    'bots/porter.yaml': parrot('one'),
    'plugins/parrot.js': PARROT,
  })
  return {
    here,
    says: (word: string) => write(join(here, 'bots/porter.yaml'), parrot(word)),
    post: async () => (await hook(`http://127.0.0.1:${port}`, 'porter/parrot/post', {})).status,
  }
}

interface Told {
  readonly same: boolean
  readonly nodes: readonly {
    readonly name: string
    readonly answered: boolean
    readonly ok?: boolean
    readonly hash?: string
    readonly problems?: readonly string[]
  }[]
}

test('one command reloads all nodes, names those that refuse and that differ, and those that do not answer', async () => {
  const jmessage = await serveJmessage()
  await jmessage.users('alice')
  const group = await jmessage.group('alice')
  const data = await database()
  const nodes = [await node(jmessage.url, data), await node(jmessage.url, data)]
  const programs = await Promise.all(nodes.map(({ here }) => startBeadle(here)))
  const reload = async (wait = '30s'): Promise<Told & { code: number | null; stderr: string }> => {
    const { code, stdout, stderr } = await run(['reload', '--json', '--wait', wait], { cwd: nodes[0]!.here })
    return { code, stderr, ...JSON.parse(stdout) }
  }

  for (const { says } of nodes) says('two')
  const both = await reload()
  expect(both).toMatchObject({ code: 0, same: true, nodes: [{ ok: true }, { ok: true }] })
  for (const { post } of nodes) expect(await post()).toBe(202)
  await until('both have posted', async () => (await jmessage.texts({ group })).length === 2)
  expect(await jmessage.texts({ group })).toEqual(['two', 'two'])

  nodes[0]!.says('three')
  write(join(nodes[1]!.here, 'bots/porter.yaml'), 'username: [wrong]')
  const half = await reload()
  expect(half).toMatchObject({ code: 1, same: false })
  const refusing = half.nodes.filter(({ ok }) => !ok)
  expect(refusing).toMatchObject([{ hash: both.nodes[0]!.hash }])
  expect(refusing[0]!.problems![0]).toMatch(/porter\.yaml:1:\d+ {2}username: /)

  nodes[1]!.says('four')
  const { code, stdout, stderr } = await run(['reload'], { cwd: nodes[0]!.here })
  expect(code).toBe(0)
  expect(stdout).toContain('Asked 2 nodes')
  expect(stderr).toMatch(/^warning: \S+ runs another configuration than \S+: compare their files\n$/)

  // One that hangs is named, and one that has ended is not waited for.
  programs[1]!.signal('SIGSTOP')
  expect(await reload('1s')).toMatchObject({ code: 2, nodes: [{ ok: true }, { answered: false }] })
  await programs[1]!.kill()
  await until('it is taken for dead', async () => (await reload()).nodes.length === 1)
})
