export { type Args, type Client, type ClientOptions, createClient, type Methods } from './client.ts'
export type { UploadFile } from './encode.ts'
export * from './errors.ts'
export { fetchTransport, type HttpAnswer, type HttpRequest, type Transport } from './transport.ts'
