const PREFIX = 'whsec_'
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export const SHORTEST_WHSEC_BYTES = 16

/** The key in a secret of Standard Webhooks; `undefined` if it is none. */
export function keyOfWhsec(secret: string): Buffer | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined
}
