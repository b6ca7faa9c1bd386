import type { Observer } from '../runtime/observer.ts'

/** Tells two observers of everything. */
export const both = (one: Observer, other: Observer): Observer => ({
  accepted(event, recipients) {
    one.accepted(event, recipients)
    other.accepted(event, recipients)
  },
  repeated(type) {
    one.repeated(type)
    other.repeated(type)
  },
  refused(webhook, reason) {
    one.refused(webhook, reason)
    other.refused(webhook, reason)
  },
  started(delivery) {
    one.started(delivery)
    other.started(delivery)
  },
  ended(delivery, end, ms, error) {
    one.ended(delivery, end, ms, error)
    other.ended(delivery, end, ms, error)
  },
  called(call, end, ms, error) {
    one.called(call, end, ms, error)
    other.called(call, end, ms, error)
  },
  fired(schedule, lateMs) {
    one.fired(schedule, lateMs)
    other.fired(schedule, lateMs)
  },
  prevented(schedule) {
    one.prevented(schedule)
    other.prevented(schedule)
  },
})
