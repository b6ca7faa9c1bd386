import type { BusboyHeaders } from '@fastify/busboy'
import { UPLOAD_BYTES } from '../../protocol/index.ts'
import { readBytes } from '../body.ts'
import { Refusal } from '../refusal.ts'

/** What the form around a file may add. */
const FORM_BYTES = 65_536

export interface FormFile {
  /** Last segment of the path it had on the sender's machine. */
  readonly name: string
  readonly bytes: Buffer
}

/** The first part of a form that has a filename; clients name the part as they like. */
export async function readFormFile(request: Request): Promise<FormFile> {
  const contentType = request.headers.get('content-type') ?? ''
  const bytes = await readBytes(request, UPLOAD_BYTES + FORM_BYTES)
  const file = await parse(contentType, bytes)
  if (!file) throw new Refusal(899003, 'body must be a form with a file')
  if (file.bytes.length > UPLOAD_BYTES)
    throw new Refusal(899003, `file must be at most ${UPLOAD_BYTES} bytes`)
  return file
}

async function parse(contentType: string, body: Buffer): Promise<FormFile | undefined> {
  const { Busboy } = await import('@fastify/busboy')
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new Refusal(899003, 'body must be multipart/form-data'))
    let file: FormFile | undefined
    try {
      const form = new Busboy({
        headers: { 'content-type': contentType } as BusboyHeaders,
        preservePath: true,
        isPartAFile: (_field, _type, filename) => filename !== undefined,
        limits: { parts: 50, headerPairs: 50 },
      })
      let isFirst = true
      form.on('file', (_field, stream, filename) => {
        if (!isFirst) return stream.resume()
        isFirst = false
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('error', refuse)
        stream.on('end', () => {
          file = { name: lastSegment(filename), bytes: Buffer.concat(chunks) }
        })
      })
      form.on('error', refuse)
      form.on('finish', () => resolve(file))
      form.end(body)
    } catch {
      refuse()
    }
  })
}

const lastSegment = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replaceAll('\0', '')
