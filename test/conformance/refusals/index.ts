import type { EndpointId, JmCode } from '../../../src/protocol/index.ts'
import { crossRefusals } from './cross.ts'
import { groupRefusals } from './groups.ts'
import { messageRefusals } from './messages.ts'
import type { Provoke } from './provoke.ts'
import { reportRefusals } from './reports.ts'
import { restRefusals } from './rest.ts'
import { roomRefusals } from './rooms.ts'
import { friendRefusals, userRefusals } from './users.ts'

/** How to come by every refusal that the endpoints declare. */
export const refusals: Readonly<Record<EndpointId, Readonly<Partial<Record<JmCode, Provoke>>>>> = {
  ...userRefusals,
  ...friendRefusals,
  ...groupRefusals,
  ...roomRefusals,
  ...crossRefusals,
  ...messageRefusals,
  ...reportRefusals,
  ...restRefusals,
}
