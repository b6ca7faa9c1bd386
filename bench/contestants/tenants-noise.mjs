// Calls one webhook as fast as it is answered, over 32 connections, until it is killed.
import { report } from '../lib/child.mjs'
import { drive } from '../lib/drive.mjs'

const { PORT, HOOK } = process.env
const total = { ok: 0, refused: 0 }
report(0, () => ({ ...total }))
for (;;) {
  const headers = { 'content-type': 'application/json' }
  const { ok, failed } = await drive({ port: Number(PORT), path: HOOK, headers, body: '{}', ms: 1000 })
  total.ok += ok
  total.refused += failed
}
