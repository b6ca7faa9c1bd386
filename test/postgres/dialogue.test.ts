import { expect, test } from 'vitest'
import { Shop, saidUpTo, TRANSCRIPT } from '../e2e/dialogue.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { until } from '../e2e/until.ts'
import { database } from '../engine.ts'

test('in a fleet, each answer may come to any node, and a node that is killed is taken over from', async () => {
  const jmessage = await serveJmessage()
  await jmessage.users('alice')
  const group = await jmessage.group('alice')
  const url = await database()
  const nodes = [await Shop.open(jmessage, { database: url }), await Shop.open(jmessage, { database: url })]
  await until('both have parts', () => nodes[1]!.program.output.includes('this node sees to more'))
  const [one, other] = nodes as [Shop, Shop]
  const say = async (text: string, node: Shop) =>
    node.hear(jmessage, group, await jmessage.say('alice', { group }, text))

  await say('/order', one)
  await saidUpTo(jmessage, group, 'Which size?\n1. small\n2. large')
  await say('large', other)
  await saidUpTo(jmessage, group, 'How many?')
  // One of them has the conversation: each is killed once.
  await one.program.kill()
  await say('3', other)
  await saidUpTo(jmessage, group, 'For whom?')
  await one.start()
  await other.program.kill()
  await say('Bob', one)
  await saidUpTo(jmessage, group, 'Ordered: 3 large for Bob')
  expect(await jmessage.texts({ group })).toEqual(TRANSCRIPT)
})
