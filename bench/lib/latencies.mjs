// How long events take that are sent at the times they are due, whatever became of those before.

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
export const now = () => performance.timeOrigin + performance.now()

/** Calls a webhook; answers with its status. */
export async function post(port, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}/hooks/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
  return answer.status
}

/**
 * Times of the events that were taken, in ms, as the contestant tells them (`stats().times`); those that were refused are
 * counted.
 *
 * @param pathOf  the webhook of the event of a number
 */
export async function latencies(child, { ms, perSecond, pathOf }) {
  await child.stats()
  const begun = now()
  const sent = []
  for (let n = 0; n < (ms / 1000) * perSecond; n++) {
    const at = begun + (n * 1000) / perSecond
    if (at > now()) await sleep(at - now())
    sent.push(post(child.port, pathOf(n), { at }))
  }
  const refused = (await Promise.all(sent)).filter(status => status !== 202).length
  const times = []
  let waiting = 0
  while (times.length < sent.length - refused) {
    const stats = await child.stats()
    times.push(...stats.times)
    waiting = stats.waiting
    await sleep(50)
  }
  times.sort((a, b) => a - b)
  const quantile = part => times[Math.min(times.length - 1, Math.floor(times.length * part))]
  return { p50: quantile(0.5), p99: quantile(0.99), refused, waiting }
}
