import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { typed } from './typed.ts'

const HERALD = `# The herald.
username: herald-bot
plugins:
  announce:
    hooks:
      deploy:
        auth: { type: bearer, token: '\${TOKEN:-canary-of-the-test}' } # from the environment
        to: { groups: [10000001] }
        template: '{{ service }} is live'
`

const home = () =>
  folder({
    'config.yaml': config({ listen: '127.0.0.1:0', server: { listen: '127.0.0.1:0' } }),
    'bots/herald.yaml': HERALD,
  })
const herald = (here: string) => readFileSync(join(here, 'bots/herald.yaml'), 'utf8')

describe('config', () => {
  test('shows, sets and unsets a field of a bot, and puts back what it was', async () => {
    const here = home()
    const beadle = (...args: string[]) => typed(['config', ...args, '--bot', 'herald'], { cwd: here })
    expect(await beadle('get', 'plugins.announce.hooks.deploy.to')).toMatchObject({
      code: 0,
      stdout: 'groups:\n  - 10000001\n',
    })
    const set = await beadle('set', 'plugins.announce.hooks.deploy.to.groups[1]', '10000002')
    expect(set.stdout).toMatch(
      /^bots\/herald\.yaml: plugins\.announce\.hooks\.deploy\.to\.groups\[1\] is set\. The file was kept as bots\.herald-\d{8}T\d{9}Z\.\n$/,
    )
    expect(herald(here)).toBe(HERALD.replace('[10000001]', '[10000001, 10000002]'))
    expect(await beadle('unset', 'plugins.announce.hooks.deploy.to.groups[1]')).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(herald(here)).toBe(HERALD)
    const { stdout } = await beadle('versions', '--json')
    expect(JSON.parse(stdout)).toHaveLength(2)
    expect((await beadle('restore')).stdout).toMatch(/^bots\/herald\.yaml is bots\.herald-\S+ again\./)
    expect(herald(here)).toContain('[10000001, 10000002]')
  })

  test('hides secrets unless they are asked for', async () => {
    const here = home()
    const all = await typed(['config', 'get', '--bot', 'herald'], { cwd: here })
    expect(all.stdout).toContain(`token: \${TOKEN:-••••}`)
    expect(all.stdout).not.toContain('canary')
    const one = ['config', 'get', 'jmessage.masterSecret', '--json']
    expect((await typed(one, { cwd: here })).stdout).toBe('"••••"\n')
    expect((await typed([...one, '--reveal'], { cwd: here })).stdout).toContain('beadle00e2e0secret000001')
  })

  test('tells programs what else is wrong with the file', async () => {
    const here = folder({ 'config.yaml': 'typo: 1\n', 'bots/herald.yaml': HERALD })
    const { code, stdout, stderr } = await typed(['config', 'set', 'drain', '5s', '--json'], { cwd: here })
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ file: 'config.yaml', field: 'drain', changed: true },
      problems: expect.arrayContaining([expect.objectContaining({ field: 'typo', line: 1 })]),
    })
  })

  test('refuses what would not start, with the problems, and what is no field', async () => {
    const here = home()
    const wrong = await typed(['config', 'set', 'server.sandbx', 'true'], { cwd: here })
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toContain('server.sandbx: is not a known key\n  hint: did you mean "sandbox"?')
    expect((await typed(['config', 'set', 'a..b', '1'], { cwd: here })).stderr).toContain(
      "'a..b' is no field",
    )
    expect((await typed(['config', 'get', 'drain'], { cwd: here })).stderr).toContain(
      'drain is not set in config.yaml',
    )
    const nobody = await typed(['config', 'get', '--bot', 'nobody'], { cwd: here })
    expect(nobody.stderr).toContain('there is no bot nobody')
  })
})
