import type { Refusal } from './refusal.ts'

/** One object for all answers: it is only read. */
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

export const json = (value: unknown, status: number): Response =>
  new Response(JSON.stringify(value), { status, headers: JSON_HEADERS })

export const noContent = (status: number): Response => new Response(null, { status })

export const refused = (refusal: Refusal): Response => json(refusal.envelope, refusal.status)
