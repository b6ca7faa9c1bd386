import { AppError } from '../../base/errors.ts'
import type { Client } from '../../client/index.ts'
import { type MediaType, UPLOAD_BYTES, type UploadedMedia } from '../../protocol/index.ts'
import { query, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { contentHash, imageFormat, loadMedia, type MediaSource, voiceSeconds } from './media/index.ts'

export const uploadedBefore = query<RuntimeTables>()(
  (db, p: { appkey: string; type: string; hash: string }) =>
    db
      .selectFrom('media')
      .select('uploaded')
      .where('appkey', '=', p.appkey)
      .where('type', '=', p.type)
      .where('hash', '=', p.hash),
)

const keepUploaded = query<RuntimeTables>()(
  (db, p: { appkey: string; type: string; hash: string; uploaded: string }) =>
    db
      .insertInto('media')
      .values({ appkey: p.appkey, type: p.type, hash: p.hash, uploaded: p.uploaded })
      .onConflict(conflict => conflict.columns(['appkey', 'type', 'hash']).doNothing()),
)

const DOWNLOAD_MS = 15_000

export interface MediaUploadsOptions {
  readonly client: Client
  /** Where it is kept what was uploaded. Without one, it is for the life of this only. */
  readonly store?: Store<RuntimeTables>
  readonly appKey: string
  /** Relative paths start here. */
  readonly baseDir: string
  /** What it uploads is not kept, as it is uploaded in appearance only. */
  readonly forgets?: boolean
}

/** Uploads what bots send, each file once, known again by its content. */
export class MediaUploads {
  readonly #options: MediaUploadsOptions
  readonly #underWay = new Map<string, Promise<UploadedMedia>>()

  constructor(options: MediaUploadsOptions) {
    this.#options = options
  }

  /** @throws AppError `media.format` when it is not a jpg, png, gif or bmp */
  async image(source: MediaSource, signal?: AbortSignal): Promise<UploadedMedia> {
    const { bytes, name } = await this.#load(source, signal)
    if (!imageFormat(bytes)) {
      throw new AppError(`${name} is not a picture that JMessage takes`, {
        code: 'media.format',
        hint: 'Send a jpg, png, gif or bmp, or send it as a file.',
      })
    }
    return this.#upload('image', bytes, name)
  }

  /** @param duration  in seconds; read from the clip when it is not given */
  async voice(
    source: MediaSource,
    duration?: number,
    signal?: AbortSignal,
  ): Promise<UploadedMedia & { duration: number }> {
    const { bytes, name } = await this.#load(source, signal)
    const seconds = duration ?? (await voiceSeconds(bytes, name))
    return { ...(await this.#upload('voice', bytes, name)), duration: Math.ceil(seconds) }
  }

  async file(source: MediaSource, signal?: AbortSignal): Promise<UploadedMedia & { fname: string }> {
    const { bytes, name } = await this.#load(source, signal)
    return { ...(await this.#upload('file', bytes, name)), fname: name }
  }

  #load(source: MediaSource, signal: AbortSignal | undefined): Promise<{ bytes: Buffer; name: string }> {
    const { baseDir } = this.#options
    return loadMedia(source, {
      maxBytes: UPLOAD_BYTES,
      timeoutMs: DOWNLOAD_MS,
      baseDir,
      ...(signal ? { signal } : {}),
    })
  }

  #upload(type: MediaType, bytes: Buffer, name: string): Promise<UploadedMedia> {
    const hash = contentHash(bytes)
    const id = `${type}:${hash}`
    let upload = this.#underWay.get(id)
    if (!upload) {
      upload = this.#uploadOnce(type, hash, bytes, name).finally(() => this.#underWay.delete(id))
      this.#underWay.set(id, upload)
    }
    return upload
  }

  async #uploadOnce(type: MediaType, hash: string, bytes: Buffer, name: string): Promise<UploadedMedia> {
    const { client, store, appKey: appkey, forgets } = this.#options
    const before = await store?.read.first(uploadedBefore, { appkey, type, hash })
    if (before) return JSON.parse(before.uploaded)
    const uploaded = await client.resource.upload({ type, file: { bytes, name } })
    if (!store || forgets) return uploaded
    await store.write(tx => tx.run(keepUploaded, { appkey, type, hash, uploaded: JSON.stringify(uploaded) }))
    return uploaded
  }
}
