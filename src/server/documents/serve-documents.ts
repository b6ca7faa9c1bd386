import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { HonoRequest } from 'hono'
import type { Log } from '../../base/log.ts'
import { guarded, type Router } from '../router.ts'

const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/** The files of the reference, by path. */
const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/docs': ['page.html', HTML],
  '/docs/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/docs/main.js': ['main.js', SCRIPT],
  '/docs/entry.js': ['entry.js', SCRIPT],
  '/docs/attempt.js': ['attempt.js', SCRIPT],
  '/docs/schema.js': ['schema.js', SCRIPT],
  '/docs/dom.js': ['dom.js', SCRIPT],
}

/** The page is given a masterSecret: nothing but its own files runs in it, and nobody may frame it. */
const PROTECTION = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

interface Served {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/** Serves the OpenAPI document, and the reference that is made of it in the browser. Neither asks who calls. */
export function serveDocuments(router: Router, log: Log): void {
  const serve = (path: string, make: () => Promise<Served>) => {
    let made: Promise<Served> | undefined
    router.get(path, context =>
      guarded(
        context,
        async ({ req }) => {
          made ??= make()
          // Tried again by the next request.
          made.catch(() => (made = undefined))
          return answer(req, await made)
        },
        log,
      ),
    )
  }
  serve('/openapi.json', async () => {
    const { openApi } = await import('./openapi.ts')
    return served(JSON.stringify(openApi()), 'application/json; charset=utf-8')
  })
  for (const [path, [name, type]] of Object.entries(FILES))
    serve(path, async () => served(await readFile(new URL(`./reference/${name}`, import.meta.url)), type))
}

function served(content: string | Buffer, type: string): Served {
  const bytes = new Uint8Array(Buffer.from(content))
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  return { bytes, headers: { 'content-type': type, 'cache-control': 'no-cache', etag, ...PROTECTION } }
}

function answer(req: HonoRequest, { bytes, headers }: Served): Response {
  const { etag } = headers
  if (req.header('if-none-match')?.includes(etag!))
    return new Response(null, { status: 304, headers: { etag: etag! } })
  return new Response(bytes, { headers })
}
