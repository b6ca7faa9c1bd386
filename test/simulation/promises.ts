import type { MessageRecord } from '../../src/protocol/index.ts'
import type { WebhookData } from '../../src/runtime/events/event.ts'
import { historyOf } from '../../src/testing/places.ts'
import type { Town } from './town.ts'

/** Calls without a key with the same body are one within so long. */
const WINDOW_MS = 10_000
const PEOPLE_MUTED = ['alice', 'bobby']

/** What of the promises of docs/reliability.md was not kept, once a town has come to rest. */
export async function broken(town: Town): Promise<string[]> {
  const wrong: string[] = [...town.wrong]
  const { db, read } = town.store
  const deliveries = await read.execute(db.selectFrom('deliveries').selectAll().orderBy('event_id'))
  const calls = await read.execute(db.selectFrom('outbox').selectAll())
  const targets = await read.execute(
    db
      .selectFrom('broadcast_targets')
      .innerJoin('broadcasts', 'broadcasts.id', 'broadcast')
      .select(['title', 'target_type', 'target_id', 'broadcast_targets.state', 'error']),
  )
  const history = new Map<string, MessageRecord[]>()
  for (const group of town.groups) history.set(`group:${group}`, await messages(town, 'group', group))
  for (const user of new Set(targets.filter(t => t.target_type === 'single').map(t => t.target_id)))
    history.set(`single:${user}`, await messages(town, 'single', user))
  const said = new Map([...history].map(([place, all]) => [place, all.map(textOf)]))
  const count = (place: string, text: string) => said.get(place)!.filter(one => one === text).length
  const expectCount = (place: string, text: string, least: number, most: number, why: string) => {
    const found = count(place, text)
    if (found < least || found > most)
      wrong.push(
        `'${text}' was said ${found} times in ${place}, not ${least === most ? least : `${least} to ${most}`}: ${why}`,
      )
  }

  // Nothing accepted is lost, but for what is in the dead letters, and those are there for a reason.
  for (const { state, type, data, error } of deliveries) {
    const isPoison = type === 'webhook' && (JSON.parse(data) as Hooked).body.trouble?.kind === 'poison'
    if (state !== (isPoison ? 'dead' : 'done')) wrong.push(`a ${type} is ${state}: ${data} ${error}`)
  }
  // Where the answer to a retraction was lost, by a fault or a crash, it may be too late when it is tried again: then
  // the message counts as kept, though it was taken back. So it may when it has to wait for a look into the history.
  const leastKept = town.trace.some(line => /a new process$|"do":"fault"/.test(line)) ? 0 : 1
  const tooLate = new Set<number>()
  for (const { state, endpoint, args, error, attempts } of calls) {
    if (state === 'sent' || state === 'cancelled') continue
    const isTooLate = endpoint === 'messages.retract' && error?.includes('out of time')
    if (leastKept === 0 && state === 'failed' && isTooLate) tooLate.add(JSON.parse(args).msgid)
    else wrong.push(`a call is ${state}: ${endpoint} ${args} ${error} ${attempts}`)
  }

  const events = new Map<number, string[]>()
  for (const { type, data, event_id } of deliveries) {
    if (type !== 'webhook') continue
    const { n } = (JSON.parse(data) as Hooked).body
    events.set(n, [...(events.get(n) ?? []), event_id])
  }
  for (const { kind, body, key, answers } of town.hooks) {
    const of = events.get(body.n) ?? []
    const told = new Set(answers.filter(({ status }) => status === 202).map(({ event }) => event!))
    for (const id of told) if (!of.includes(id)) wrong.push(`the event of ${kind} ${body.n} is lost`)
    const unanswered = answers.filter(({ status }) => status === undefined)
    if (of.length > told.size + unanswered.length) wrong.push(`${kind} ${body.n} became ${of.length} events`)
    const first = answers[0]?.at ?? 0
    const isOne = key !== undefined || answers.every(({ at }) => at < first + WINDOW_MS)
    if (isOne && of.length > 1)
      wrong.push(`${kind} ${body.n} became ${of.length} events, which are the same call`)
    if (answers.some(({ status }) => status !== undefined && ![202, 404, 503].includes(status)))
      wrong.push(`${kind} ${body.n} was answered ${JSON.stringify(answers)}`)
    const isPoison = body.trouble?.kind === 'poison'
    const times = isPoison ? 0 : of.length
    const [group] = body.groups
    switch (kind) {
      case 'post':
        for (const gid of body.groups)
          expectCount(`group:${gid}`, `post ${body.n}`, times, times, 'a webhook')
        break
      case 'mute':
      case 'later':
        expectCount(
          `group:${group}`,
          `${kind} ${body.n}`,
          times,
          times,
          kind === 'later' ? 'a job' : 'a mute',
        )
        break
      case 'brief': {
        const [kept, withdrew] = [
          count(`group:${group}`, `kept ${body.n}`),
          count(`group:${group}`, `withdrew ${body.n}`),
        ]
        if (kept + withdrew !== times)
          wrong.push(`brief ${body.n}: kept ${kept}, withdrew ${withdrew}, not ${times} in all`)
        // Where a retraction waited, while its caller went on, and was too late then, a dead letter says so of that message.
        const isLeft = (one: MessageRecord) => textOf(one) === `brief ${body.n}` && tooLate.has(one.msgid)
        const left = history.get(`group:${group}`)!.filter(isLeft).length
        const most = Math.min(times, kept + left)
        expectCount(`group:${group}`, `brief ${body.n}`, kept * leastKept, most, 'what was taken back')
      }
    }
  }

  for (const { n, group } of town.said) expectCount(`group:${group}`, `heard ${n}`, 1, 1, 'a message')

  const isThere = { sent: [1, 1], 'too-late': [leastKept, 1], cancelled: [0, 0], retracted: [0, 0] } as const
  for (const { title, target_type, target_id, state, error } of targets) {
    if (!(state in isThere)) wrong.push(`${title} to ${target_id} is ${state}: ${error}`)
    else {
      const [least, most] = isThere[state as keyof typeof isThere]
      expectCount(`${target_type}:${target_id}`, title, least, most, `a broadcast, ${state}`)
    }
  }

  // Order in each conversation and place, as the events were accepted.
  for (const [place, all] of said) {
    const order = new Map<string, number>()
    for (const [index, text] of all.entries()) order.set(text, index)
    const last = new Map<string, { index: number; text: string }>()
    for (const { type, data, conversation } of deliveries) {
      const text = answerTo(type, JSON.parse(data))
      const index = text === undefined ? undefined : order.get(text)
      if (index === undefined || count(place, text!) > 1) continue
      const before = last.get(conversation)
      if (before && before.index > index) wrong.push(`'${text}' came before '${before.text}' in ${place}`)
      last.set(conversation, { index, text: text! })
    }
  }

  for (const group of town.groups)
    for (const user of PEOPLE_MUTED)
      if (!(await town.maySpeak(user, group))) wrong.push(`${user} is still muted in ${group}`)
  return wrong
}

interface Hooked extends WebhookData {
  readonly body: Town['hooks'][number]['body']
}

/** What is said in the handling of an event itself. */
function answerTo(
  type: string,
  data: { name?: string; body?: { n: number }; msg_body?: { text: string } },
): string | undefined {
  if (type === 'webhook')
    return data.name === 'post' || data.name === 'mute' ? `${data.name} ${data.body!.n}` : undefined
  return data.msg_body ? data.msg_body.text.replace('/say', 'heard') : undefined
}

const messages = (
  { client, startedAt, time }: Town,
  target_type: 'group' | 'single',
  target_id: string,
): Promise<MessageRecord[]> => historyOf(client, { target_type, target_id }, startedAt, time.now() + 1000)

const textOf = ({ msg_body }: MessageRecord): string => String(msg_body.text)
