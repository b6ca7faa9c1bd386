import type { Handlers } from './handler.ts'
import { blacklist } from './resources/blacklist.ts'
import { chatrooms } from './resources/chatrooms.ts'
import { friends } from './resources/friends.ts'
import { groupMembership } from './resources/group-members.ts'
import { groupOwner } from './resources/group-owner.ts'
import { groups } from './resources/groups.ts'
import { history } from './resources/history.ts'
import { historyV1 } from './resources/history-v1.ts'
import { media } from './resources/media.ts'
import { messages } from './resources/messages.ts'
import { nodisturb } from './resources/nodisturb.ts'
import { presence } from './resources/presence.ts'
import { registration } from './resources/registration.ts'
import { roomMembership } from './resources/room-members.ts'
import { sdkRegister } from './resources/sdk-register.ts'
import { sensitiveWords } from './resources/sensitive-words.ts'
import { shield } from './resources/shield.ts'
import { statistics } from './resources/statistics.ts'
import { userRemoval } from './resources/user-removal.ts'
import { users } from './resources/users.ts'
import type { Services } from './services.ts'

/** All handlers, from one file a resource. */
export const allHandlers = (services: Services): Handlers => ({
  ...registration(services),
  ...users(services),
  ...userRemoval(services),
  ...presence(services),
  ...friends(services),
  ...blacklist(services),
  ...nodisturb(services),
  ...shield(services),
  ...messages(services),
  ...history(services),
  ...historyV1(services),
  ...statistics(services),
  ...sensitiveWords(services),
  ...sdkRegister(services),
  ...groups(services),
  ...groupOwner(services),
  ...groupMembership(services),
  ...chatrooms(services),
  ...roomMembership(services),
  ...media(services),
})
