import { createHash } from 'node:crypto'
import { PLAIN_SHELF, type StateKeep } from '../state/state-keep.ts'
import type { CooldownRule } from './command-policy.ts'

/** A call of a command. */
export interface Call {
  readonly command: string
  readonly event: string
  /** When it was said, epoch ms. */
  readonly at: number
  readonly person: string
  readonly conversation: string
}

/** Whether a call is too soon. `isFirst`: who gave it is to be told, as it is the first that is too soon. */
export type Verdict =
  | { readonly isFree: true }
  | { readonly isFree: false; readonly isFirst: boolean; readonly leftMs: number }

/** Whose calls are counted together: the calls that count, oldest first, and by conversation the one that was told. */
interface Heat {
  readonly uses: readonly { readonly event: string; readonly at: number }[]
  readonly told: Readonly<Record<string, string>>
}

type Bucket = Readonly<Record<string, Heat>>

/** Callers are divided among so many values of the state, each of which is bounded, so that none gets large. */
const BUCKETS = 64
const MOST_IN_BUCKET = 1000
const MOST_TOLD = 50
/** Keys of commands' own values begin so. */
export const OWN_KEYS = 'beadle:'

/** How often commands were given lately, kept in the state of their plugin: over restarts, and for all processes. */
export class Cooldowns {
  readonly #keep: StateKeep

  constructor(keep: StateKeep) {
    this.#keep = keep
  }

  /** Notes a call, unless it is too soon. A call that was noted before is free again: its handler runs once more. */
  async note(call: Call, rule: CooldownRule): Promise<Verdict> {
    const who = { person: call.person, conversation: call.conversation, bot: '' }[rule.per]
    const key = `${OWN_KEYS}cooldown:${call.command}:${bucketOf(who)}`
    let verdict: Verdict = { isFree: true }
    await this.#keep.change(PLAIN_SHELF, key, text => {
      const bucket = text === undefined ? {} : (JSON.parse(text) as Bucket)
      const judged = judge(Object.hasOwn(bucket, who) ? bucket[who] : undefined, call, rule)
      verdict = judged.verdict
      return JSON.stringify(withHeat(bucket, who, judged.heat, call.at - rule.forMs))
    })
    return verdict
  }
}

function judge(
  heat: Heat | undefined,
  call: Call,
  { forMs, uses: most, per }: CooldownRule,
): { readonly verdict: Verdict; readonly heat: Heat } {
  const uses = heat?.uses.filter(({ at }) => at > call.at - forMs) ?? []
  const told = uses.length < most ? {} : (heat?.told ?? {})
  if (uses.some(({ event }) => event === call.event))
    return { verdict: { isFree: true }, heat: { uses, told: heat?.told ?? {} } }
  if (uses.length < most) {
    return { verdict: { isFree: true }, heat: { uses: [...uses, { event: call.event, at: call.at }], told } }
  }
  const oldest = Math.min(...uses.map(({ at }) => at))
  // Who is not alone with it is told where others are not.
  const where = per === 'bot' ? call.conversation : ''
  const before = told[where]
  const isFirst = before === undefined ? Object.keys(told).length < MOST_TOLD : before === call.event
  return {
    verdict: { isFree: false, isFirst, leftMs: oldest + forMs - call.at },
    heat: { uses, told: before === undefined && isFirst ? { ...told, [where]: call.event } : told },
  }
}

/** A bucket with the latest of somebody, without what is over. */
function withHeat(bucket: Bucket, who: string, heat: Heat, since: number): Bucket {
  const others = Object.entries(bucket).filter(
    ([other, { uses }]) => other !== who && uses.some(({ at }) => at > since),
  )
  return Object.fromEntries([...others.slice(1 - MOST_IN_BUCKET), [who, heat]])
}

const bucketOf = (who: string): number => createHash('sha1').update(who).digest().readUInt16BE() % BUCKETS
