import * as fc from 'fast-check'
import type { Command } from './command.ts'
import { creations, endings, forGroupMembers, forGroups, forRoomMembers, forRooms } from './gatherings.ts'
import { histories } from './histories.ts'
import { accounts, relations, removals, settings } from './people.ts'
import { reads } from './reading.ts'
import { forWords, moments, retractions, sends, switches } from './talk.ts'

const kinds: readonly (readonly [weight: number, kind: readonly fc.Arbitrary<Command>[]])[] = [
  [10, accounts],
  [1, removals],
  [26, relations],
  [20, settings],
  [4, creations],
  [2, endings],
  [10, forGroups],
  [20, forGroupMembers],
  [8, forRooms],
  [16, forRoomMembers],
  [32, sends],
  [12, retractions],
  [6, moments],
  [4, forWords],
  [2, switches],
  [8, reads],
  [6, histories],
]

/** Any call, those of one kind as often as each other. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  ...kinds.map(([weight, kind]) => ({ weight, arbitrary: fc.oneof(...kind) })),
)
