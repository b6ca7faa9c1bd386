import { ApiError } from '../../client/index.ts'
import type { EndpointId } from '../../protocol/index.ts'

/** Refusals that say: it is so already. */
const codes: Partial<Record<EndpointId, readonly number[]>> = {
  'messages.retract': [855004],
  'users.blacklist.add': [899017],
  'users.blacklist.remove': [899019],
  'users.nodisturb': [899043, 899044, 899047, 899048, 899049, 899050],
  'groups.members.add': [899011],
  'groups.members.remove': [899014],
  'chatrooms.members.remove': [899082],
}

/** Whether a refusal says that what a call wants is so already, as after a call whose answer was lost. */
export const isAlreadySo = (endpoint: EndpointId, error: unknown): boolean =>
  error instanceof ApiError && codes[endpoint]?.includes(error.jmCode) === true
