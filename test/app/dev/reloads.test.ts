import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { build, ROOT } from '../../e2e/build.ts'
import { APP } from '../../e2e/jmessage.ts'

interface Figures {
  readonly times: readonly number[]
  readonly heapMb: number
  readonly left: Readonly<Record<string, number>>
}

const SAVES = 50

/** As `npm run bench -- reloads` does it, with fewer saves. */
function save(isolation: 'none' | 'worker', count: number): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', join(ROOT, 'bench/contestants/reloads.mjs')], {
      env: {
        ...process.env,
        APP_KEY: APP.appKey,
        MASTER_SECRET: APP.masterSecret,
        ISOLATION: isolation,
        COUNT: String(count),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.once('message', ({ figures }: { figures: Figures }) => resolve(figures))
    child.once('exit', code => reject(new Error(`it ended with ${code}, without figures`)))
  })
}

test('many saves leave one of each thing, and the memory as it was', async () => {
  await build()
  const { times, heapMb, left } = await save('none', SAVES)
  expect(times).toHaveLength(SAVES)
  expect(left).toEqual({ commands: 1, listeners: 1, webhooks: 1, schedules: 1 })
  // A thousand have 20 MB.
  expect(heapMb).toBeLessThan(4)
})

test('so do saves of a plugin in a thread of its own', async () => {
  await build()
  const { heapMb, left } = await save('worker', 5)
  expect(left).toEqual({ commands: 1, webhooks: 1, schedules: 1 })
  expect(heapMb).toBeLessThan(4)
})
