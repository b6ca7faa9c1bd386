import type { EndpointId } from '../../../src/protocol/index.ts'
import type { Sample } from '../request.ts'
import type { Town } from '../town.ts'
import { crossSamples } from './cross.ts'
import { groupSamples } from './groups.ts'
import { messageSamples, otherMessages } from './messages.ts'
import { reportSamples } from './reports.ts'
import { otherUploads, restSamples } from './rest.ts'
import { roomSamples } from './rooms.ts'
import { userSamples } from './users.ts'

/** Makes the town ready for a call, and says what to send: every field the endpoint knows. */
export type Make = (town: Town) => Sample | Promise<Sample>
export type Samples<Prefix extends string> = {
  readonly [Id in Extract<EndpointId, `${Prefix}.${string}`>]: Make
}

/** A call of each endpoint that succeeds. */
export const samples: Readonly<Record<EndpointId, Make>> = {
  ...userSamples,
  ...groupSamples,
  ...roomSamples,
  ...crossSamples,
  ...messageSamples,
  ...reportSamples,
  ...restSamples,
}

/** Other shapes that some endpoints take. */
export const moreSamples: readonly (readonly [EndpointId, string, Make])[] = [
  ...otherMessages,
  ...otherUploads,
]

/** All of them, named for tests. */
export const allSamples: readonly (readonly [string, EndpointId, Make])[] = [
  ...(Object.entries(samples) as [EndpointId, Make][]).map(([id, make]) => [id, id, make] as const),
  ...moreSamples.map(([id, label, make]) => [`${id} (${label})`, id, make] as const),
]
