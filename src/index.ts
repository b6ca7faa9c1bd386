/**
 * The public face: what plugin authors import.
 *
 * @module beadle
 */

// Writing plugins
export { z } from 'zod'
export { formatDuration, parseDuration } from './base/duration.ts'
// Errors
export { AppError } from './base/errors.ts'
export {
  ApiError,
  InvalidRequest,
  NotFound,
  RateLimited,
  RetractTooLate,
  TransportError,
} from './client/errors.ts'
// Bots and what they send
export type { ImEventName } from './protocol/im-events.ts'
export type { Bot } from './runtime/bot/bot.ts'
export type { Audience, BroadcastContent, BroadcastMessage } from './runtime/bot/broadcast/begin.ts'
export type { Broadcast, BroadcastProgress, BroadcastResult } from './runtime/bot/broadcast/broadcast.ts'
export { type Card, type CardButton, type CardContent, card } from './runtime/bot/card.ts'
export type { MessageContent } from './runtime/bot/content.ts'
export type { Duration } from './runtime/bot/context.ts'
export type { LastSent } from './runtime/bot/last-sent.ts'
export type { MediaSource } from './runtime/bot/media/index.ts'
export type { Filling, Mention, SendOptions } from './runtime/bot/send-options.ts'
export { type ReplaceOptions, SentMessage } from './runtime/bot/sent-message.ts'
export { SentMessages } from './runtime/bot/sent-messages.ts'
export type { Target } from './runtime/bot/target.ts'
export type { DoNotDisturb, GroupTarget, RoomTarget, Term, UserTarget } from './runtime/bot/targets.ts'
export type { ImEventData } from './runtime/events/event.ts'
export type { Answer, ReplyOptions, TextAnswer } from './runtime/plugin/commands/answer.ts'
export type { CommandPlace, Cooldown } from './runtime/plugin/commands/commanding.ts'
export type { ArgsOf } from './runtime/plugin/commands/pattern/args-of.ts'
export type {
  AskForJob,
  CommandContext,
  CommandOptions,
  CronOptions,
  DefinedJob,
  HandlerContext,
  ImEventContext,
  JobRhythm,
  JobTime,
  JobWhen,
  ListenerName,
  MessageFilter,
  MessageName,
  Middleware,
  MiddlewareContext,
  PluginContext,
  Schedule,
  WaitingJob,
  WaitingOptions,
  WebhookContext,
  WebhookOptions,
} from './runtime/plugin/context.ts'
export { definePlugin, type PluginDefinition } from './runtime/plugin/define.ts'
export type { AnswerOf, Ask, AskOptions, AskType, DialogueContext } from './runtime/plugin/dialogue/asking.ts'
export { DialogueOver, type OverReason } from './runtime/plugin/dialogue/dialogue-over.ts'
// Settings that many plugins have, and what is done with them
export {
  CronField,
  DurationField,
  fitsMessage,
  TargetsField,
  targetsOf,
  ZoneField,
} from './runtime/plugin/fields.ts'
export { forEachTarget } from './runtime/plugin/for-each.ts'
export type { Addressee } from './runtime/plugin/language/languages.ts'
export type { Message } from './runtime/plugin/message.ts'
export {
  defineService,
  type Service,
  type ServiceAccess,
  type ServiceType,
} from './runtime/plugin/services/service.ts'
export type {
  DefinedEntry,
  DefinedState,
  DefineStateOptions,
  StateCounter,
  StateCounters,
  StateScope,
  StateValue,
  StateValues,
} from './runtime/plugin/state/defined-state.ts'
export type { PluginState } from './runtime/plugin/state/state.ts'
export type { ConversationId, StateConversation, StatePerson } from './runtime/plugin/state/state-key.ts'
export type { ChangeOptions, EntriesOptions, SetOptions } from './runtime/plugin/state/state-options.ts'
export { Template, TemplateField } from './runtime/plugin/template.ts'
export { UserError } from './runtime/plugin/user-error.ts'
export { MissedRule } from './runtime/sources/cron/missed.ts'
export { WebhookDedupe } from './runtime/sources/webhook/dedupe.ts'
export { answer, type WebhookAnswer } from './runtime/sources/webhook/reply.ts'
export { WebhookAuth } from './runtime/sources/webhook/webhook-auth.ts'
export type { Language } from './runtime/texts/language.ts'
export type { Localised } from './runtime/texts/localised.ts'
export type { Speaking, Translate } from './runtime/texts/translate.ts'
