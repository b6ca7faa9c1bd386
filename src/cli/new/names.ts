import { usage } from '../options.ts'

/** @throws AppError `cli.usage` */
export function checkPluginName(name: string): string {
  if (/^[a-z0-9-]{1,40}$/.test(name) && !/^-|-$/.test(name)) return name
  throw usage(
    `'${name}' cannot be the name of a plugin: use 1 to 40 characters of a-z, 0-9 and -, with no - at an end`,
  )
}

/** @throws AppError `cli.usage` */
export function checkBotId(id: string): string {
  if (/^[a-z0-9-]{1,40}$/.test(id) && !/^-|-$/.test(id)) return id
  throw usage(
    `'${id}' cannot be the id of a bot: use 1 to 40 characters of a-z, 0-9 and -, with no - at an end`,
  )
}

/** @throws AppError `cli.usage` */
export function checkUsername(username: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.@-]{3,127}$/.test(username)) return username
  throw usage(
    `'${username}' cannot be a username: use 4 to 128 letters, digits and _ . - @, with a letter or digit in front`,
  )
}

/** The username of a bot that is given none. */
export const usualUsername = (id: string): string => `${id}-bot`
