/**
 * What programs import that have bots beside other things: Beadle as a function from requests to responses.
 *
 * @module beadle/app
 */

export type { Log } from '../base/log.ts'
export type { ReloadAnswer } from '../runtime/reloads/reloads.ts'
export { ConfigError, type Problem } from './config/index.ts'
export type { InlineBot, InlineConfig, InlinePlugin } from './config/inline-config.ts'
export {
  type ConfigFile,
  type ConfigGiven,
  createBeadle,
  type EmbeddedBeadle,
  type EmbedOptions,
} from './create-beadle.ts'
export type { Caller } from './front.ts'
export type { WebhookInfo } from './list-webhooks.ts'
