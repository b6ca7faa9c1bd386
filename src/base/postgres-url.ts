/** Whether the address of a database is one of PostgreSQL. */
export const isPostgres = (url: string): boolean => /^postgres(ql)?:\/\//.test(url)

/** How a database is named in messages: without its password. */
export function placeOf(url: string): string {
  try {
    const { host, pathname, username } = new URL(url)
    return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`
  } catch {
    return 'postgres://…'
  }
}
