import type { Log } from '../../src/base/log.ts'

export interface Line {
  readonly level: string
  readonly message: string
  readonly fields: Record<string, unknown>
}

/** A log that is kept. */
export function captured(lines: Line[] = [], bound: object = {}): Log & { readonly lines: Line[] } {
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: { ...bound, ...fields } })
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => captured(lines, { ...bound, ...fields }),
  }
}

/** Lets real I/O of this process run until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come about in time`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
