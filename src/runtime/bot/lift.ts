/** The plugin that every bot has for the framework's own jobs. */
export const CORE_PLUGIN = 'core'

/** The job that lifts a mute or ban whose term is over. */
export const LIFT_JOB = 'lift'

/** What is lifted: a mute in a group or chat room, or a ban. */
export interface LiftData {
  readonly kind: 'group' | 'chatroom' | 'ban'
  /** Gid or room id; empty for a ban. */
  readonly id: string
  readonly user: string
}
