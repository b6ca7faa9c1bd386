import { RetractTooLate } from '../../client/errors.ts'
import type { SentMessage } from './sent-message.ts'

/** The messages that a text was sent in, in their order. In the data of a job and in the state it is a list of them. */
export class SentMessages implements Iterable<SentMessage> {
  readonly all: readonly SentMessage[]

  constructor(all: readonly SentMessage[]) {
    this.all = all
  }

  [Symbol.iterator](): Iterator<SentMessage> {
    return this.all[Symbol.iterator]()
  }

  /** Waits until JMessage took all of them; as `delivered` of each. */
  async delivered(): Promise<this> {
    for (const sent of this.all) await sent.delivered()
    return this
  }

  /**
   * Takes all of them back, each as `retract` of it: one that fails does not keep the others.
   *
   * @throws RetractTooLate when it was too late for some; whatever else went wrong before that
   */
  async retract(): Promise<void> {
    const outcomes = await Promise.allSettled(this.all.map(sent => sent.retract()))
    const reasons = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []))
    if (reasons.length > 0) throw reasons.find(reason => !(reason instanceof RetractTooLate)) ?? reasons[0]
  }

  toJSON(): readonly SentMessage[] {
    return this.all
  }
}
