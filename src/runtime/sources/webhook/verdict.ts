/** Why a call may not pass. `stale`: its time is too far from now; `address`: it comes from where it may not. */
export type WebhookDoubt = 'missing' | 'mismatch' | 'stale' | 'address'

/** Whether a request may pass; `message` is fit for the answer, as it holds neither secret nor signature. */
export type WebhookVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: WebhookDoubt; readonly message: string }

/** A header's value by its name in lower case. */
export type HeaderLookup = Headers | ((name: string) => string | undefined)

/** Looks at a call's headers and body (as it arrived: signatures cover these bytes), at a time in epoch ms. */
export type Proving = (headers: HeaderLookup, body: Buffer, now: number) => WebhookVerdict

export const PASSES: WebhookVerdict = { ok: true }

/** @param given  undefined or empty when there is no proof, else whether it is right */
export function judge(given: boolean | '' | undefined, expected: string): WebhookVerdict {
  if (given === true) return PASSES
  return given === false
    ? { ok: false, reason: 'mismatch', message: `The proof of the sender is wrong. Expected: ${expected}.` }
    : { ok: false, reason: 'missing', message: `The proof of the sender is missing. Expected: ${expected}.` }
}

export function lookUp(headers: HeaderLookup, name: string): string | undefined {
  const value = typeof headers === 'function' ? headers(name) : headers.get(name)
  return typeof value === 'string' ? value.trim() : undefined
}
