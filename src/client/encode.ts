import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { describeIssue, type Endpoint } from '../protocol/index.ts'
import { InvalidRequest } from './errors.ts'
import type { HttpRequest } from './transport.ts'

/** A file to upload. */
export interface UploadFile {
  readonly bytes: Uint8Array
  readonly name: string
}

/** Arguments of a call, before they are checked. */
export type LooseArgs = Readonly<Record<string, unknown>> & {
  readonly body?: unknown
  readonly file?: UploadFile
}

/**
 * The request that a call comes to, without credentials.
 *
 * @param checked  the body was found to be right before
 * @throws InvalidRequest, without a request, when an argument breaks a rule of the protocol
 */
export function encode(endpoint: Endpoint, args: LooseArgs, checked = false): HttpRequest {
  let path: string = endpoint.path
  if (path.includes(':')) {
    const params = check(endpoint, endpoint.params, args, 'path')
    path = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
  }
  if (endpoint.query) {
    check(endpoint, endpoint.querySchema, args, 'query')
    const query = new URLSearchParams()
    for (const name of Object.keys(endpoint.query)) {
      const value = args[name]
      if (value !== undefined && value !== null) query.set(name, String(value))
    }
    if (query.size > 0) path += `?${query.toString().replaceAll('+', '%20')}`
  }
  const { method } = endpoint
  if (endpoint.body === 'multipart') {
    if (!args.file) throw invalid(endpoint, 'file is required')
    return { method, path, ...multipart(args.file) }
  }
  if (!endpoint.body) return { method, path, headers: {} }
  if (!checked) check(endpoint, endpoint.body, args.body, 'body')
  return { method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(args.body) }
}

function check(endpoint: Endpoint, schema: z.ZodType, value: unknown, root: string): Record<string, unknown> {
  const result = schema.safeParse(value)
  if (result.success) return result.data as Record<string, unknown>
  throw invalid(endpoint, describeIssue(result.error, root))
}

/** @throws InvalidRequest when a path or query parameter breaks a rule of the protocol */
export function checkPath(endpoint: Endpoint, args: LooseArgs): void {
  check(endpoint, endpoint.params, args, 'path')
  check(endpoint, endpoint.querySchema, args, 'query')
}

/** Why a body would be refused, if it would be. */
export function invalidBody(endpoint: Endpoint, body: unknown): InvalidRequest | undefined {
  const result = (endpoint.body as z.ZodType).safeParse(body)
  return result.success ? undefined : invalid(endpoint, describeIssue(result.error, 'body'))
}

/** @throws InvalidRequest when a field of a body, other than `key`, breaks a rule of the protocol */
export function checkBesides(endpoint: Endpoint, body: object, key: string): void {
  const { error } = (endpoint.body as z.ZodType).safeParse({ ...body, [key]: [] })
  const issues = error?.issues.filter(({ path }) => path[0] !== key) ?? []
  if (issues.length > 0) throw invalid(endpoint, describeIssue({ issues } as z.ZodError, 'body'))
}

/** What a server would answer, said without asking it. */
export const invalid = (endpoint: Endpoint, reason: string): InvalidRequest =>
  new InvalidRequest(
    { endpoint: endpoint.id, status: 400, jmCode: 899003, message: `parameter invalid: ${reason}` },
    true,
  )

function multipart({ bytes, name }: UploadFile): Pick<HttpRequest, 'headers' | 'body'> {
  const boundary = `beadle-${randomUUID()}`
  const fileName = name.replace(/["\r\n\\]/g, '_')
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="filename"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body }
}
