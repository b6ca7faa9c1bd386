export type {
  GroupMember,
  GroupRecord,
  MessageRecord,
  NewUser,
  OutgoingMessage,
  RoomRecord,
  SendReceipt,
  UserRecord,
} from '../protocol/index.ts'
export { formatWireTime, parseWireTime } from '../protocol/index.ts'
export { BatchStopped } from './batch-stopped.ts'
export { type CallOptions, type Client, type ClientOptions, createClient } from './client.ts'
export { FREE_QUOTA, type QuotaState } from './count.ts'
export type { UploadFile } from './encode.ts'
export * from './errors.ts'
export { Limiter, type QuotaSetting } from './limiter.ts'
export type { Listing } from './listing.ts'
export type { ItemResult, Items, ManyOptions } from './many.ts'
export type { Args, Method } from './method.ts'
export type { Methods } from './methods.ts'
export type { Calls, HeardLately, QuotaGrant, QuotaLedger, QuotaRequest, Report } from './quota-ledger.ts'
export { fetchTransport, type HttpAnswer, type HttpRequest, type Transport } from './transport.ts'
