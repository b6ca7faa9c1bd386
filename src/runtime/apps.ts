import type { Client } from '../client/index.ts'

/** Name of the app that bots belong to where they name none. */
export const MAIN_APP = 'main'

/** An app of JMessage, with bots of its own. */
export interface AppOptions {
  readonly name: string
  readonly appKey: string
  readonly masterSecret: string
  readonly client: Client
  /** Read messages from JMessage's history every so many ms; without it only callbacks bring messages. */
  readonly pollEveryMs?: number | undefined
}
