import { json } from '../answer.ts'
import { type MediaRow, mediaOfAnyApp } from '../queries/media-queries.ts'
import { guarded, type Router } from '../router.ts'
import type { Services } from '../services.ts'
import { type ByteRange, byteRange } from './byte-range.ts'
import { DownloadUrls } from './download-url.ts'

/** Serves the bytes behind download addresses. The signature in the address is all it asks for. */
export function serveMedia(router: Router, { store, signer, clock, media, log }: Services): void {
  const urls = new DownloadUrls(signer, () => clock.now())

  router.get('/media/*', context =>
    guarded(
      context,
      async ({ req }) => {
        const mediaId = req.path.slice('/media/'.length)
        const isGood = urls.isGood(mediaId, req.query('expires') ?? '', req.query('signature') ?? '')
        if (!isGood) return forbidden()
        const row = await store.read.first(mediaOfAnyApp, { media_id: mediaId })
        if (!row) return gone()
        const etag = `"${row.hash}"`
        if (req.header('if-none-match')?.includes(etag))
          return new Response(null, { status: 304, headers: { etag } })
        const ifRange = req.header('if-range')
        const asked = ifRange === undefined || ifRange === etag ? req.header('range') : undefined
        const range = byteRange(asked, row.size)
        if (range === 'unsatisfiable')
          return new Response(null, { status: 416, headers: { 'content-range': `bytes */${row.size}` } })
        const { start, end } = range ?? { start: 0, end: row.size - 1 }
        const bytes = row.size === 0 ? new Uint8Array() : await media.read(row.file, start, end)
        if (!bytes) return gone()
        return new Response(new Uint8Array(bytes), {
          status: range ? 206 : 200,
          headers: headersOf(row, etag, bytes.length, range),
        })
      },
      log,
    ),
  )
}

/** Nothing that is uploaded is ever shown as a page: it is handed out as a file to save. */
function headersOf(row: MediaRow, etag: string, length: number, range: ByteRange | undefined) {
  const { size, name } = row
  return {
    'content-type': 'application/octet-stream',
    'content-length': String(length),
    'content-disposition': `attachment; filename*=UTF-8''${encoded(name || 'file')}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    etag,
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
  }
}

/** Through a Buffer, which leaves no half characters for encodeURIComponent to stumble over. */
const encoded = (name: string): string =>
  encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16)}`,
  )

const forbidden = () =>
  json({ error: { code: 403, message: 'the address has expired or was changed: ask for a new one' } }, 403)
const gone = () => json({ error: { code: 404, message: 'not found' } }, 404)
