import { hash } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { ownerOf } from './call-records.ts'
import { deadCalls, deadDeliveries } from './ended-rows.ts'

/** Names a delivery that was set aside, or a call that was refused or is unsure. */
export type DeadName =
  | { readonly event: string; readonly bot: string; readonly plugin: string }
  | { readonly call: string }

/** What is given up until a person decides. */
export interface DeadLetter {
  /** Short, to be typed: `d-` and `c-` tell deliveries and calls apart. */
  readonly id: string
  readonly name: DeadName
  /** Of a call that belongs to none: `null`. */
  readonly event: string | null
  /** Name of the bot's file; of a call whose key does not tell, its username. */
  readonly bot: string
  readonly plugin: string | undefined
  /** Type of the event, or endpoint of the call. */
  readonly what: string
  /** The conversation, or where the call goes. */
  readonly target: string
  readonly state: 'dead' | 'failed' | 'unsure'
  readonly attempts: number
  readonly error: string | null
  /** When it was given up, epoch ms. */
  readonly at: number
}

/** Characters of an id after `d-` or `c-`. */
const ID_CHARS = 12

export function deadId(name: DeadName): string {
  const isCall = 'call' in name
  const text = isCall ? name.call : `${name.event}/${name.bot}/${name.plugin}`
  return `${isCall ? 'c' : 'd'}-${hash('sha256', text, 'hex').slice(0, ID_CHARS)}`
}

/** So much of an id is asked for at least: what is dropped does not come back. */
const TOO_SHORT = /^([dc](-[0-9a-f]{0,3})?)?$/i

/** All dead letters, the newest first. */
export async function deadLetters({ read }: Pick<Store<RuntimeTables>, 'read'>): Promise<DeadLetter[]> {
  const deliveries = (await read.all(deadDeliveries, {})).map((row): DeadLetter => {
    const { event_id: event, bot, plugin, type, conversation, attempts, error, ended_at } = row
    const name = { event, bot, plugin }
    const about = { id: deadId(name), name, event, bot, plugin, what: type, target: conversation }
    return { ...about, state: 'dead', attempts, error, at: ended_at ?? 0 }
  })
  const calls = (await read.all(deadCalls, {})).map((row): DeadLetter => {
    const { key, event_id: event, endpoint, lane, attempts, error, updated_at: at } = row
    const { bot = row.bot, plugin } = ownerOf(row)
    const name = { call: key }
    const about = { id: deadId(name), name, event, bot, plugin, what: endpoint, target: lane }
    return { ...about, state: row.state as 'failed' | 'unsure', attempts, error, at }
  })
  return [...deliveries, ...calls].sort((a, b) => b.at - a.at)
}

/**
 * The dead letter that a person named: by its id, or the beginning of it.
 *
 * @throws AppError `dead.unknown`, `dead.ambiguous`
 */
export function findDead(letters: readonly DeadLetter[], id: string): DeadLetter {
  if (TOO_SHORT.test(id)) {
    throw new AppError(`'${id}' is too short for the id of a dead letter`, {
      code: 'dead.unknown',
      hint: 'Give four of its digits at least; beadle dead list shows what there is.',
    })
  }
  const found = letters.filter(letter => letter.id.startsWith(id.toLowerCase()))
  if (found.length === 1) return found[0]!
  if (found.length === 0) {
    throw new AppError(`there is no dead letter ${id}`, {
      code: 'dead.unknown',
      hint: 'beadle dead list shows what there is.',
    })
  }
  throw new AppError(`the ids of several dead letters begin with ${id}`, {
    code: 'dead.ambiguous',
    hint: 'Give more of the id.',
  })
}
