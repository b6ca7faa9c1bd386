export interface Sharing {
  /** Calls that somebody wants. */
  readonly wants: number
  /** Calls that there are. */
  readonly room: number
  /** What each of the others wants. */
  readonly others: readonly number[]
  /** Calls that came free since it last asked. */
  readonly freed: number
  /** It gets so many times an equal part. */
  readonly part: number
}

/**
 * How many calls somebody gets, as others wait for the rest. All it wants if there are enough for all. Otherwise a part of
 * what there is, those left out who want less; and at least its part of what came free since it last asked, as the others
 * come for theirs, too.
 */
export function fairShare({ wants, room, others, freed, part }: Sharing): number {
  if (wants <= 0 || room <= 0) return 0
  let left = room
  let sharers = others.length + 1
  for (const other of others.toSorted((a, b) => a - b)) {
    if (other > left / sharers) break
    left -= other
    sharers--
  }
  if (sharers === 1) return Math.min(wants, left)
  return Math.min(wants, room, Math.max(1, Math.round((Math.max(left, freed) / sharers) * part)))
}
