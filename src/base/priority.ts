/** Whose turn it is when quota is short: answers to people, then notices, then what goes to many. */
export type Priority = 'reply' | 'notice' | 'bulk'

/** The first to be served comes first. */
export const priorities: readonly Priority[] = ['reply', 'notice', 'bulk']

/** Whether one comes before another. */
export const isBefore = (a: Priority, b: Priority): boolean => priorities.indexOf(a) < priorities.indexOf(b)
