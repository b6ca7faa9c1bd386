import type { z } from 'zod'

/** Says in one line what is wrong with a value: the field, and what it must be. */
export function describeIssue(error: z.ZodError, root = 'body'): string {
  const issue = error.issues[0]
  if (!issue) return `${root} is invalid`
  const path = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  const field = path.startsWith('.') ? path.slice(1) : `${root}${path}`
  return `${field} ${phrase(issue)}`
}

/** What is wrong, as the rest of a sentence that starts with the field. */
export function phrase(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `is required (${issue.expected})`
  if (issue.message.startsWith('must ') || issue.message.startsWith('is ')) return issue.message
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`
  if (issue.code === 'unrecognized_keys') return `has an unknown key: ${issue.keys.join(', ')}`
  return `is not valid: ${issue.message}`
}

const article = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
