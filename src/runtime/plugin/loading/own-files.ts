import { sep } from 'node:path'

const MODULES = `${sep}node_modules${sep}`

/** The folder of the package that a file is of; `undefined` for a file of the project itself. */
export function packageOf(file: string): string | undefined {
  const at = file.lastIndexOf(MODULES)
  if (at < 0) return undefined
  const [scope = '', name = ''] = file.slice(at + MODULES.length).split(sep)
  return file.slice(0, at) + MODULES + (scope.startsWith('@') ? `${scope}${sep}${name}` : scope)
}

/** Whether a file is a plugin's own: one of the project, or of the package that the plugin comes in. */
export const isOwnFile = (file: string, entry: string): boolean => {
  const where = packageOf(file)
  return where === undefined || where === packageOf(entry)
}
