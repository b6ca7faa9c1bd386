/**
 * What tests of plugins import: a world in memory, with a server, people, and a clock that stands still.
 *
 * @module beadle/testing
 */
export { ManualClock } from '../base/clock.ts'
export type { EventRecord } from '../runtime/events/record.ts'
export type { PlainCall } from '../runtime/events/recording.ts'
export { signWebhook } from '../runtime/sources/webhook/sign.ts'
export type { LogLine } from './captured-log.ts'
export type { Conversation } from './conversation.ts'
export { type NamedWorld, world } from './create-world.ts'
export type { Expected } from './expected.ts'
export type { CallFault, FaultSwitches, HowOften } from './fault-switches.ts'
export type { BotChat, Content, Person, Where } from './person.ts'
export type { Received, ReceivedMessage } from './phone.ts'
export type { Place } from './places.ts'
export type { PluginUse, WorldBot } from './population.ts'
export { type Recording, recording } from './replay.ts'
export type { WebhookCall } from './triggers.ts'
export type { Said, World } from './world.ts'
export type { WorldOptions } from './world-options.ts'
