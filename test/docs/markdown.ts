import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of a document. */
export interface Fence {
  readonly language: string
  readonly code: string
  /** The line before it, which may say what it is. */
  readonly lead: string
  /** Line of its first line of code, from 1. */
  readonly line: number
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The fenced blocks of a document, or of its section of a title. */
export function fencesOf(text: string, section?: string): Fence[] {
  const lines = text.split('\n')
  const fences: Fence[] = []
  let inside = section === undefined
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    if (section !== undefined && /^## /.test(line)) inside = line === `## ${section}`
    const language = /^```(\w*)$/.exec(line)?.[1]
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    const lead = lines.slice(0, at).findLast(before => before.trim() !== '') ?? ''
    if (inside) fences.push({ language, code: lines.slice(at + 1, end).join('\n'), lead, line: at + 2 })
    at = end
  }
  return fences
}

/** Whether lines are those that a document shows, in which `…` stands for anything within a line. */
export function looksLike(actual: readonly string[], shown: readonly string[]): boolean {
  return actual.length === shown.length && shown.every((line, at) => pattern(line).test(actual[at]!))
}

const pattern = (line: string): RegExp =>
  new RegExp(
    `^${line
      .split('…')
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'u',
  )
