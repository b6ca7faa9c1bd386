import { join } from 'node:path'

const IN_MEMORY = ':memory:'

/** The database of an IM server that keeps its data in a folder. */
export const databaseIn = (data: string): string => (data === IN_MEMORY ? data : join(data, 'im.db'))
