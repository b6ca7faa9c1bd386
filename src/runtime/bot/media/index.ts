export { contentHash } from './content-hash.ts'
export { type ImageFormat, imageFormat } from './image-format.ts'
export { type LoadedMedia, type LoadMediaOptions, loadMedia, type MediaSource } from './load.ts'
export { voiceSeconds } from './voice-seconds.ts'
