import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { logOf } from './beadle.ts'
import { Shop, saidUpTo, TRANSCRIPT } from './dialogue.ts'
import { serveJmessage } from './serve-jmessage.ts'

test('a dialogue of three questions survives kill -9 between the second and the third', async () => {
  const jmessage = await serveJmessage()
  await jmessage.users('alice')
  const group = await jmessage.group('alice')
  const shop = await Shop.open(jmessage)
  const say = async (text: string) => shop.hear(jmessage, group, await jmessage.say('alice', { group }, text))

  await say('/order')
  await saidUpTo(jmessage, group, 'Which size?\n1. small\n2. large')
  await say('large')
  await saidUpTo(jmessage, group, 'How many?')
  expect((await shop.program.kill()).signal).toBe('SIGKILL')
  await shop.start()
  await say('3')
  await saidUpTo(jmessage, group, 'For whom?')
  expect((await shop.program.kill()).signal).toBe('SIGKILL')
  await shop.start()
  await say('Bob')
  await saidUpTo(jmessage, group, 'Ordered: 3 large for Bob')

  // What comes after all was said would be said twice.
  await sleep(1000)
  expect(await jmessage.texts({ group })).toEqual(TRANSCRIPT)
  expect(readFileSync(join(shop.home, 'reserved'), 'utf8')).toBe('large;')
  expect(logOf(shop.program).filter(({ level }) => level >= 50)).toEqual([])
  expect((await shop.program.stop()).code).toBe(0)
})
