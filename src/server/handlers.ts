import type { Handlers } from './handler.ts'
import { blacklist } from './resources/blacklist.ts'
import { chatrooms } from './resources/chatrooms.ts'
import { groupMembership } from './resources/group-members.ts'
import { groups } from './resources/groups.ts'
import { history } from './resources/history.ts'
import { media } from './resources/media.ts'
import { messages } from './resources/messages.ts'
import { nodisturb } from './resources/nodisturb.ts'
import { registration } from './resources/registration.ts'
import { users } from './resources/users.ts'
import type { Services } from './services.ts'

/** All handlers, from one file a resource. */
export const allHandlers = (services: Services): Handlers => ({
  ...registration(services),
  ...users(services),
  ...blacklist(services),
  ...nodisturb(services),
  ...messages(services),
  ...history(services),
  ...groups(services),
  ...groupMembership(services),
  ...chatrooms(services),
  ...media(services),
})
