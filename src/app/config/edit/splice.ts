/** A piece of a text, and what takes its place. */
export interface Splice {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** The text with all of them made; none overlaps another. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let out = text
  // Of two at one place, the first one comes first.
  const backwards = [...splices].sort((a, b) => a.from - b.from || a.to - b.to).reverse()
  for (const { from, to, text: piece } of backwards) out = out.slice(0, from) + piece + out.slice(to)
  return out
}

export const insertion = (at: number, text: string): Splice => ({ from: at, to: at, text })
