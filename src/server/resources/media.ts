import type { UploadedMedia } from '../../protocol/index.ts'
import type { Handlers } from '../handler.ts'
import { DownloadUrls } from '../media/download-url.ts'
import { fingerprint } from '../media/fingerprint.ts'
import { readFormFile } from '../media/form-file.ts'
import { imageFacts } from '../media/image.ts'
import { insertMedia, mediaById } from '../queries/media-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

/** Uploaded files, and where to fetch them. */
export function media(services: Services): Pick<Handlers, 'resource.upload' | 'resource.download'> {
  const { store, clock, signer, publicUrl } = services
  const urls = new DownloadUrls(signer, () => clock.now())
  return {
    'resource.upload': async ({ app, query: { type }, request }) => {
      const { name, bytes } = await readFormFile(request)
      const facts = type === 'image' ? await imageFacts(bytes) : undefined
      const { crc, hash } = fingerprint(bytes)
      const file = await services.media.keep(bytes)
      const media_id = `qiniu/${type}/j/${file}`
      await store.write(tx =>
        tx.run(insertMedia, {
          media_id,
          app: app.id,
          file,
          type,
          name,
          size: bytes.length,
          hash,
          ctime: clock.now(),
        }),
      )
      const common = { media_id, media_crc32: crc, hash, fsize: bytes.length }
      if (facts) return { ...common, width: facts.width, height: facts.height, format: facts.format }
      return type === 'voice' ? { ...common, ...voiceFormat(name) } : { ...common, fname: name }
    },

    'resource.download': async ({ app, query: { mediaId }, request }) => {
      const found = await store.read.first(mediaById, { app: app.id, media_id: mediaId })
      if (!found) throw new Refusal(899003, 'mediaId must be the media_id of an uploaded file')
      return { url: urls.issue(publicUrl ?? new URL(request.url).origin, mediaId) }
    },
  }
}

/** The format of a voice clip is the extension of its name. */
function voiceFormat(name: string): Pick<UploadedMedia, 'format'> {
  const extension = /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]
  return extension === undefined ? {} : { format: extension.toLowerCase() }
}
