import type { EndpointId } from '../../../src/protocol/index.ts'
import type { Make, Samples } from './index.ts'

/** One pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

const upload =
  (type: string, name: string): Make =>
  () => {
    const form = new FormData()
    form.append('filename', new Blob([GIF]), name)
    return { query: { type }, form }
  }

export const restSamples: Samples<'resource' | 'sensitivewords' | 'sdkregister'> = {
  'resource.upload': upload('image', 'dot.gif'),
  'resource.download': async town => {
    const { media_id } = (await town.must('resource.upload', await upload('image', 'dot.gif')(town))).body
    return { query: { mediaId: media_id } }
  },
  'sensitivewords.add': () => ({ body: ['FUCK', '敏感'] }),
  'sensitivewords.update': async town => {
    await town.must('sensitivewords.add', { body: ['FUCK'] })
    return { body: { new_word: 'fuck', old_word: 'FUCK' } }
  },
  'sensitivewords.delete': async town => {
    await town.must('sensitivewords.add', { body: ['fuck'] })
    return { body: { word: 'fuck' } }
  },
  'sensitivewords.list': async town => {
    await town.must('sensitivewords.add', { body: ['fuck'] })
    return { query: { start: 0, count: 2000 } }
  },
  'sensitivewords.status.set': () => ({ query: { status: 1 } }),
  'sensitivewords.status.get': () => ({}),
  'sdkregister.set': () => ({ query: { status: 0 } }),
  'sdkregister.get': () => ({}),
}

export const otherUploads: readonly (readonly [EndpointId, string, Make])[] = [
  ['resource.upload', 'file', upload('file', 'notes.txt')],
  ['resource.upload', 'voice', upload('voice', 'hello.m4a')],
]
