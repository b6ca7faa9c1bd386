// Towns with few commands and with many, in one process, so that the same compiled code serves all. Each `shot` has them
// take turns.
import { dispatchAll, emptyLoop, mapLoop, townOf } from '../lib/dispatching.mjs'

/** So many messages at a time. */
const COUNT = 50_000
const towns = [
  ['10 commands', await townOf({ commands: 10 })],
  ['10,000 commands in one plugin', await townOf({ commands: 10_000 })],
  ['10,000 commands in 100 plugins', await townOf({ commands: 10_000, plugins: 100 })],
  ['10,000 commands in one plugin, all of them called', await townOf({ commands: 10_000, called: 10_000 })],
  ['10 commands, and 1000 plugins that want nothing of it', await townOf({ commands: 10, idle: 1000 })],
]
const contestants = [
  ...towns.map(([name, town]) => [name, count => dispatchAll(town, count)]),
  ['an async function that does nothing', emptyLoop],
  ['one that is looked up in a Map of 10,000', mapLoop],
]

for (const [, run] of contestants) await run(COUNT)

process.on('message', async question => {
  if (question !== 'stats') return
  const us = {}
  for (const [name, run] of contestants) us[name] = await run(COUNT)
  process.send({ type: 'stats', us })
})
process.send({ type: 'ready' })
