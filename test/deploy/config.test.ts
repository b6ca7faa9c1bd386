import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/app/config/index.ts'
import { read, root } from '../docs/markdown.ts'
import { run } from '../e2e/program.ts'
import { compose, imageEnv, nodesOf } from './files.ts'

const CONFIG = 'deploy/config/config.yaml'
const env = nodesOf(compose())[0]![1].environment!

const bots = readdirSync(join(root, 'deploy/config/bots')).map(name => `deploy/config/bots/${name}`)
const text = [CONFIG, ...bots].map(read).join('\n')
/** Variables without which the configuration is refused. */
const required = [...new Set([...text.matchAll(/(?<!# .*)\$\{(\w+)\}/g)].map(match => match[1]!))].sort()

const load = (env: Readonly<Record<string, string>>) => loadConfig(join(root, CONFIG), { env })

test('beadle check finds the configuration of the fleet right, with what compose.yaml sets', async () => {
  const ended = await run(['check', '--config', CONFIG], { env })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
})

test('what compose.yaml and the image set is read', async () => {
  const { NODE_ENV, ...image } = imageEnv()
  expect(NODE_ENV).toBe('production')
  const all = { ...env, ...image }
  const usual = JSON.stringify(await load(all))
  for (const [name, value] of Object.entries(all)) {
    const other = await load({ ...all, [name]: `${value}0` }).then(JSON.stringify, () => 'refused')
    expect(other, name).not.toBe(usual)
  }
})

test('nothing that is secret or a matter of the place has a default', async () => {
  expect(required).toEqual(['BEADLE_DATABASE', 'DEPLOY_TOKEN', 'JMESSAGE_APP_KEY', 'JMESSAGE_MASTER_SECRET'])
  expect(required.filter(name => !(name in env))).toEqual([])
  for (const name of required) {
    const { [name]: _, ...rest } = env
    await expect(load(rest), name).rejects.toThrow(name)
  }
})

test.each(['deploy/kubernetes.yaml', 'deploy/beadle.service', 'docs/deploy.md'])('%s names them', path => {
  expect(required.filter(name => !read(path).includes(name))).toEqual([])
})
