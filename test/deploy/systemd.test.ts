import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEADLINE_MS } from '../../src/cli/end-on-signal.ts'
import { read } from '../docs/markdown.ts'
import { folder } from '../e2e/places.ts'
import { drainMs, msOf } from './files.ts'

const unit = read('deploy/beadle.service')
const settingOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)![1]!

const { error } = spawnSync('systemd-analyze', ['--version'])

test('the unit starts what ships, and gives it longer to end than it takes', () => {
  const { beadle } = JSON.parse(read('package.json')).bin
  expect(settingOf('ExecStart')).toBe(`/usr/bin/node /opt/beadle/${beadle} start`)
  expect(msOf(settingOf('TimeoutStopSec'))).toBeGreaterThan(drainMs() + DEADLINE_MS)
  // Where config.yaml looks for them by default, and where docs/deploy.md puts them.
  expect(read('deploy/config/config.yaml')).toContain(`/var/lib/${settingOf('StateDirectory')}}`)
  expect(read('docs/deploy.md')).toContain(settingOf('EnvironmentFile'))
})

// A machine without systemd cannot tell; its name then says why it was not tried.
test.skipIf(error)(`systemd finds no fault in the unit${error ? ' (no systemd-analyze here)' : ''}`, () => {
  const verify = (text: string) => {
    const path = join(folder({ 'beadle.service': text }), 'beadle.service')
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    return { status, stderr: stderr.split('\n').filter(line => line.includes('beadle.service')) }
  }
  const here = unit.replace('/usr/bin/node', process.execPath)
  expect(verify(here.replace('DynamicUser', 'DynamicUsers')).stderr).not.toEqual([])
  expect(verify(here)).toEqual({ status: 0, stderr: [] })
})
