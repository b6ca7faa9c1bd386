/**
 * Whether one of several who share a bound may hold one more: only as much as is still free, so that one who takes all
 * it can get leaves the others as much as it has itself, and two of them leave the third part. Who is alone may have all.
 *
 * @param held  what it holds; `all`: what all of them hold
 */
export const mayHoldMore = (held: number, all: number, most: number, isShared: boolean): boolean =>
  isShared ? held < most - all : all < most
