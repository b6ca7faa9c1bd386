import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { typed } from './typed.ts'

const TEACHER = `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'teacher',
  config: z.object({ lesson: z.string().default('all'), room: z.string().optional(), nap: z.strictObject({ length: z.string().default('1h') }).prefault({}) }),
  async setup(ctx, { lesson }) {
    if (lesson === 'endless') await new Promise(() => setInterval(() => {}, 1000))
    if (lesson === 'sudden') throw new Error('the chalk is gone')
    await ctx.state.get('pupils')
    ctx.onJob('bell', () => {})
    await ctx.job('bell', { after: 1000 })
    ctx.webhook('ring', { auth: 'none' }, () => {})
    ctx.cron('30 8 * * 1', { name: 'monday' }, () => {})
    ctx.command('teach', { role: 'teacher' }, () => {})
  },
})
`

const home = (teacher: string, more: object = {}) =>
  folder({
    'config.yaml': config({
      listen: '127.0.0.1:7999',
      server: { listen: '127.0.0.1:0' },
      publicUrl: 'https://bots.example/',
      ...more,
    }),
    'bots/school.yaml': `username: school-bot
timezone: Asia/Shanghai
prefix: '!'
listen: { groups: [1, 2], rooms: none, direct: false }
plugins:
  teacher: ${teacher}
`,
    'plugins/teacher.ts': TEACHER,
    'secrets/room': 'canary-of-the-room\n',
  })

describe('check --explain', () => {
  test('tells each setting, where it comes from, and what will happen, and touches nothing', async () => {
    const here = home(
      `{ lesson: '\${LESSON:-maths}', room: '\${file:../secrets/room}', limits: { attempts: 3 } }`,
    )
    const { code, stdout, stderr } = await typed(['check', '--explain'], {
      cwd: here,
      env: { BEADLE_LISTEN: '127.0.0.1:7998' },
    })
    expect([code, stderr]).toEqual([0, ''])
    const words = stdout.replace(/ +/g, ' ')
    for (const line of [
      'listen 127.0.0.1:7998 BEADLE_LISTEN in the environment',
      'drain 0s default',
      'jmessage.masterSecret •••• config.yaml:',
      `database ${join(here, 'data/beadle.db')} default`,
      'plugins.teacher.lesson maths bots/school.yaml:6: default, as LESSON is not set',
      'plugins.teacher.room •••• bots/school.yaml:6: file secrets/room',
      'plugins.teacher.nap.length 1h default',
      ' school as school-bot of app main: teacher',
      ' hears groups 1 2, rooms none, no direct messages',
      ' webhook POST https://bots.example/hooks/school/teacher/ring',
      ' command !teach (teacher)',
      'attempts 3,',
    ])
      expect(words).toContain(line)
    expect(words).toMatch(
      /cron teacher\/monday: 30 8 \* \* 1 \(Asia\/Shanghai\): (Mon, \d+ \w+ \d+, 08:30(; )?){3}\n/,
    )
    expect(stdout).not.toContain('canary')
    expect(existsSync(join(here, 'data'))).toBe(false)
  })

  test('is JSON for programs, with variables of the environment by their names', async () => {
    const here = home(`{ lesson: '\${LESSON}' }`)
    const { stdout } = await typed(['check', '--explain', '--json'], { cwd: here, env: { LESSON: 'music' } })
    const { bots } = JSON.parse(stdout)
    expect(bots[0].plugins[0].settings[0]).toEqual({
      field: 'plugins.teacher.lesson',
      value: 'music',
      from: 'file',
      place: 'bots/school.yaml:6',
      variables: ['LESSON'],
    })
    expect(bots[0].plan.webhooks).toEqual([
      { path: '/hooks/school/teacher/ring', url: 'https://bots.example/hooks/school/teacher/ring' },
    ])
  })

  test('tells of a plugin that cannot be set up, or takes too long, and ends', async () => {
    const sudden = await typed(['check', '--explain'], { cwd: home('{ lesson: sudden }') })
    expect(sudden.code).toBe(1)
    expect(sudden.stdout).toContain('! school/teacher: plugin teacher cannot be set up: the chalk is gone')
    const endless = await run(['check', '--explain'], { cwd: home('{ lesson: endless }') })
    expect(endless.code).toBe(1)
    expect(endless.stdout).toContain('! school/teacher: takes longer than 10s to be set up')
  })

  test('does without setting plugins up', async () => {
    const { code, stdout } = await typed(['check', '--explain', '--no-setup'], {
      cwd: home('{ lesson: sudden }'),
    })
    expect(code).toBe(0)
    expect(stdout).toContain('plugins.teacher.lesson')
    expect(stdout).not.toContain('webhook ')
  })
})
