import { RETRACT_WINDOW_MS } from '../../../src/protocol/index.ts'
import { clock, NOWHERE, type Town } from '../town.ts'
import { again, type Provoke, type Refusals, withParts } from './provoke.ts'

const sending = (more: (town: Town) => object | Promise<object>): Provoke =>
  withParts(async town => town.message(await more(town)))
/** As a user: `lucas` is a stranger to the group and the room, `caiyi` is in both. */
const said = (from_id: string, more: (town: Town) => object | Promise<object>): Provoke =>
  sending(async town => ({ from_type: 'user', from_id, ...(await more(town)) }))

const toGroup = ({ gid }: Town) => ({ target_type: 'group', target_id: gid })
const toRoom = ({ roomId }: Town) => ({ target_type: 'chatroom', target_id: roomId })

export const messageRefusals: Refusals<'messages'> = {
  'messages.send': {
    803005: said('lucas', toGroup),
    803008: said('lucas', async town => {
      await town.must('users.blacklist.add', { params: { username: 'tommy' }, body: ['lucas'] })
      return {}
    }),
    803009: sending(async town => {
      await town.must('sensitivewords.add', { body: ['FUCK'] })
      await town.must('sensitivewords.status.set', { query: { status: 1 } })
      return { msg_body: { text: 'oh FUCK it' } }
    }),
    803012: said('caiyi', async town => {
      await town.must('groups.silence', {
        params: { gid: town.gid },
        query: { status: true },
        body: ['caiyi'],
      })
      return toGroup(town)
    }),
    847001: said('lucas', toRoom),
    847002: said('caiyi', async town => {
      const params = { roomId: town.roomId, username: 'caiyi' }
      await town.must('chatrooms.forbidden', { params, query: { status: 1 } })
      return toRoom(town)
    }),
    899002: sending(() => ({ from_id: 'nobody' })),
    899003: sending(() => ({ version: 2 })),
    899006: sending(() => ({ target_type: 'group', target_id: NOWHERE.gid })),
    899016: sending(() => ({ from_id: 'caiyi' })),
    899020: sending(() => ({ target_appkey: 'f'.repeat(24) })),
    899081: sending(() => ({ target_type: 'chatroom', target_id: NOWHERE.roomId })),
  },
  'messages.retract': {
    855001: withParts(async () => {
      await clock.advance(RETRACT_WINDOW_MS + 1)
      return {}
    }),
    855002: withParts({ params: { username: 'tommy' } }),
    855003: withParts({ params: { msgid: NOWHERE.msgid } }),
    855004: again,
    899003: withParts({ params: { msgid: 'latest' } }),
  },
}
