import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { text } from './fields.ts'

const section = 'Media files'

/** The largest upload, inclusive. */
export const UPLOAD_BYTES = 8_388_608
export const mediaTypes = ['image', 'file', 'voice'] as const
export type MediaType = (typeof mediaTypes)[number]

/** What the server says of an uploaded file; the keys depend on its type. */
export const UploadedMedia = z.object({
  media_id: z.string(),
  media_crc32: z.int(),
  fsize: z.int(),
  hash: z.string().optional(),
  width: z.int().optional().describe('images'),
  height: z.int().optional().describe('images'),
  format: z.string().optional().describe('images and voice clips'),
  fname: z.string().optional().describe('files'),
})
export type UploadedMedia = z.output<typeof UploadedMedia>

export const resourceDownload = endpoint({
  id: 'resource.download',
  section,
  title: 'Get a download URL for a media_id',
  method: 'GET',
  path: '/v1/resource',
  query: { mediaId: text(1, 250) },
  status: 200,
  response: z.object({ url: z.string() }),
  errors: [899003],
})

export const resourceUpload = endpoint({
  id: 'resource.upload',
  section,
  title: 'Upload an image, voice clip or file of at most 8 MiB',
  method: 'POST',
  path: '/v1/resource',
  query: { type: z.enum(mediaTypes, `must be one of ${mediaTypes.join(', ')}`) },
  body: 'multipart',
  status: 200,
  response: UploadedMedia,
  errors: [899003],
})
