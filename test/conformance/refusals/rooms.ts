import { ROOM_LIMIT, type Town } from '../town.ts'
import {
  noBody,
  nobody,
  noPage,
  noRoom,
  oddRoom,
  type Refusals,
  withBody,
  withParts,
  withQuery,
} from './provoke.ts'

/** Registers as many users as a room can hold. */
async function visitors(town: Town): Promise<string[]> {
  const names = Array.from({ length: ROOM_LIMIT }, (_, index) => `visitor${index}`)
  await town.must('users.register', { body: names.map(username => ({ username, password: 'secret' })) })
  return names
}

export const roomRefusals: Refusals<'chatrooms'> = {
  'chatrooms.create': {
    899002: withBody({ owner_username: 'nobody', name: 'room' }),
    899003: withBody({ owner_username: 'tommy' }),
    851006: withParts(async town => ({
      body: { owner_username: 'tommy', name: 'room', members_username: await visitors(town) },
    })),
  },
  'chatrooms.getBatch': { 899003: withBody([]), 899081: withBody([999_999_999]) },
  'chatrooms.list': { 899003: noPage },
  'chatrooms.update': {
    899002: withBody({ owner_username: 'nobody' }),
    899003: withBody({}),
    899081: noRoom,
    853002: withBody({ owner_username: 'lucas' }),
  },
  'chatrooms.delete': { 899003: oddRoom, 899081: noRoom },
  'chatrooms.forbidden': {
    899002: nobody,
    899003: withQuery({ status: 2 }),
    899081: noRoom,
    899082: withParts({ params: { username: 'lucas' } }),
  },
  'chatrooms.members.list': { 899003: noPage, 899081: noRoom },
  'chatrooms.members.add': {
    899002: withBody(['nobody']),
    899003: noBody,
    899081: noRoom,
    851006: withParts(async town => ({ body: await visitors(town) })),
  },
  'chatrooms.members.remove': {
    899003: noBody,
    899081: noRoom,
    899082: withBody(['lucas']),
    852004: withBody(['tommy']),
  },
}
