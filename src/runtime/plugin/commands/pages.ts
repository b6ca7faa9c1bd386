import { fitsMessage } from '../fields.ts'

/**
 * Lines as texts that can be sent as one message each, as few as there can be.
 *
 * @param most  so many texts; lines that do not fit into them are left out
 * @returns the texts, and how many lines are in them
 */
export function pagesOf(
  lines: readonly string[],
  most: number,
): { readonly pages: readonly string[]; readonly shown: number } {
  const pages: string[] = []
  let page: string | undefined
  let shown = 0
  for (const whole of lines) {
    const line = fitting(whole)
    const longer: string = page === undefined ? line : `${page}\n${line}`
    if (page === undefined || fitsMessage(longer)) page = longer
    else {
      if (pages.length + 1 === most) break
      pages.push(page)
      page = line
    }
    shown++
  }
  return { pages: page === undefined ? pages : [...pages, page], shown }
}

/** A line that is too long by itself, cut short. */
function fitting(line: string): string {
  if (fitsMessage(line)) return line
  let letters = [...line]
  while (!fitsMessage(`${letters.join('')}…`)) letters = letters.slice(0, Math.floor(letters.length * 0.9))
  return `${letters.join('')}…`
}
