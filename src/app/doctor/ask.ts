/** How an answer came out. */
export interface Asked {
  readonly status: number
  readonly text: string
  /** Of the answer, epoch ms; NaN where none is given. */
  readonly date: number
}

/** Longer answers say nothing more. */
const MOST_BYTES = 256 * 1024
const ASK_MS = 4000

/**
 * Asks an address, and reads the beginning of what it says.
 *
 * @throws Error that says why there is no answer
 */
export async function ask(
  url: string,
  {
    headers = {},
    signal,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Asked> {
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])
    const response = await fetch(url, { headers, signal: until, redirect: 'manual' })
    const date = Date.parse(response.headers.get('date') ?? '')
    return { status: response.status, date, text: await beginning(response) }
  } catch (thrown) {
    throw new Error(reason(thrown))
  }
}

async function beginning({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Uint8Array)
    length += (chunk as Uint8Array).length
    if (length > MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reason(thrown: unknown): string {
  const { cause, name, message } = thrown as Error & { cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return `does not answer within ${ASK_MS / 1000} s`
  return cause?.code ?? cause?.message ?? message
}

/** JSON, if it is that. */
export function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
