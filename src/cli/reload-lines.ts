import type { Reloaded } from '../app/dev/dev.ts'
import { formatDuration } from '../base/duration.ts'

/** A line of what was taken up, and the sign in front of it. */
export interface ReloadLine {
  readonly sign: '↻' | '+' | '-'
  readonly text: string
}

const LOADED = /^plugin (\S+): loaded anew$/

/** What was taken up, in as few words as can be: plugins that were loaded anew are told once for all bots that have them. */
export function reloadLines({ changes, ms }: Pick<Reloaded, 'changes' | 'ms'>): ReloadLine[] {
  const took = `in ${formatDuration(ms)}`.replace(/(\d)(ms)$/, '$1 $2')
  const loaded = new Map<string, string[]>()
  const lines: ReloadLine[] = []
  for (const { bot, how, what } of changes) {
    if (how === 'removed') lines.push({ sign: '-', text: `bot ${bot} removed ${took}` })
    else if (how === 'added') lines.push({ sign: '+', text: `bot ${bot} added ${took}` })
    else {
      for (const one of what) {
        const [, plugin] = LOADED.exec(one) ?? []
        if (plugin !== undefined) loaded.set(plugin, [...(loaded.get(plugin) ?? []), bot])
      }
      const others = what.filter(one => !LOADED.test(one))
      if (others.length > 0) lines.push({ sign: '↻', text: `${bot}: ${others.join(', ')} ${took}` })
    }
  }
  for (const [plugin, bots] of loaded) {
    const of = bots.length > 1 ? ` of ${bots.join(', ')}` : ''
    lines.push({ sign: '↻', text: `${plugin}${of} reloaded ${took}` })
  }
  return lines
}
