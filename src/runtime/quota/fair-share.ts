/**
 * How many of `room` calls somebody gets who wants some, as others wait for the rest. All if there are enough for all;
 * otherwise as many as the others get, but for those who want less.
 *
 * @param others  what each of the others wants
 * @param entitled  calls that came free since it last asked: those of them that are its part it gets in any case
 */
export function fairShare(wants: number, room: number, others: readonly number[], entitled: number): number {
  if (wants <= 0 || room <= 0) return 0
  let left = room
  let sharers = others.length + 1
  // Who wants less than a part of what is left leaves the rest to the others.
  for (const other of others.toSorted((a, b) => a - b)) {
    if (other > left / sharers) break
    left -= other
    sharers--
  }
  const part = Math.ceil(left / sharers)
  const due = Math.ceil(entitled / (others.length + 1))
  return Math.min(wants, room, Math.max(part, due))
}
