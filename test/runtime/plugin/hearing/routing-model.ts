import type { MessageRecord } from '../../../../src/protocol/index.ts'
import type { ImEventData } from '../../../../src/runtime/events/event.ts'
import type { Hearing } from '../../../../src/runtime/plugin/host.ts'

/** What a plugin registers, as a test knows it. */
export interface Wish {
  readonly kind: 'listener' | 'command' | 'event'
  readonly name: string
  readonly in?: 'group' | 'room' | 'direct' | { groups?: number[]; rooms?: number[] } | undefined
  readonly from?: string | undefined
}
/** A bot, as a test knows it. */
export interface ModelBot {
  app: string
  prefix: string
  hearing: Hearing
  /** Each with what its setup registers, and what is registered now. */
  plugins: Map<string, { setUp: readonly Wish[]; wishes: Wish[]; isLoading: boolean }>
}

/** Finds who hears something by asking everyone. */
export class RoutingModel {
  readonly bots = new Map<string, ModelBot>()

  route(
    app: string,
    wanted: (bot: ModelBot, wish: Wish) => boolean,
    hears: (bot: ModelBot, id: string) => boolean,
  ) {
    const found: string[] = []
    for (const [id, bot] of this.bots) {
      if (bot.app !== app || !hears(bot, id)) continue
      for (const [name, { wishes, isLoading }] of bot.plugins)
        if (isLoading || wishes.some(wish => wanted(bot, wish))) found.push(`${id}/${name}`)
    }
    return found.sort()
  }

  message(app: string, record: MessageRecord) {
    const { target_type, target_id, from_id, msg_type } = record
    const text = String(record.msg_body.text)
    const place = { group: 'group', chatroom: 'room', single: 'direct' }[target_type]
    const isIn = (wish: Wish) => {
      if (wish.in === undefined || wish.in === place) return true
      if (typeof wish.in === 'string') return false
      const ids = { group: wish.in.groups, room: wish.in.rooms, direct: [] }[place as 'group']
      return ids?.includes(Number(target_id)) ?? false
    }
    return this.route(
      app,
      ({ prefix }, wish) =>
        wish.kind === 'command'
          ? msg_type === 'text' && text.split(' ')[0]!.toLowerCase() === prefix + wish.name
          : wish.kind === 'listener' &&
            (wish.name === 'message' || wish.name === `message.${msg_type}`) &&
            isIn(wish) &&
            (wish.from === undefined || wish.from === from_id),
      ({ hearing }, id) => {
        if (place === 'direct') return hearing.direct && target_id === `${id}-bot`
        const heard = place === 'group' ? hearing.groups : hearing.rooms
        return heard === 'all' || (heard !== 'none' && heard.includes(Number(target_id)))
      },
    )
  }

  event(app: string, { name, gid }: ImEventData) {
    return this.route(
      app,
      (_, wish) => wish.kind === 'event' && wish.name === name,
      ({ hearing: { groups } }) =>
        gid === undefined || groups === 'all' || (groups !== 'none' && groups.includes(gid)),
    )
  }
}
