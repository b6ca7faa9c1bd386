// What a load needs, made of what an event costs: every core half used.
const RATES = [10, 100, 1000, 5000, 20_000]
const HALF_US = 500_000

const cores = (rate, us) => (rate * us) / HALF_US

/** @param rows  of the engines contest with conversations: SQLite, one node, two nodes; and the memory of bots */
export function sizesTable([sqlite, , two], { idleMb, botKb }) {
  const nodeMb = two.rss / 2
  const lines = RATES.map(rate => {
    const alone = cores(rate, sqlite.cpuUs)
    const nodes = Math.ceil(cores(rate, two.cpuUs))
    const cells = [
      rate.toLocaleString('en'),
      (rate * 60).toLocaleString('en'),
      alone <= 1 ? 'enough' : 'no',
      nodes,
      Math.max(0.1, cores(rate, two.serverUs)).toFixed(1),
      Math.round(nodes * nodeMb),
      ((rate * two.walBytes) / 1e6).toFixed(2),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| events/s | messages a minute | one process on SQLite | nodes on PostgreSQL, a core each | cores of PostgreSQL | memory of the nodes, MB | WAL, MB/s |'
  return `### Sizes, every core half used\n\n${head}\n|${'---|'.repeat(7)}\n${lines.join('\n')}\n\nA process with one bot that does nothing: ${idleMb.toFixed(0)} MB; each further bot: ${botKb.toFixed(0)} KB\n`
}
