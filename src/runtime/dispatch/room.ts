/** So many deliveries, whose data is so many chars of JSON in all. */
export interface Amount {
  readonly held: number
  readonly chars: number
}

/** Whether one more may be held; that one may be larger than what is left, or else some would never be. */
export const hasRoom = (load: Amount, bound: Amount): boolean =>
  load.held < bound.held && load.chars < bound.chars

/** Whether it is time to read on what waits in the journal. */
export const isLow = (load: Amount, bound: Amount): boolean =>
  load.held <= bound.held / 2 && load.chars <= bound.chars / 2

/** What may be held besides. */
export const roomOf = (load: Amount, bound: Amount): Amount => ({
  held: bound.held - load.held,
  chars: bound.chars - load.chars,
})
