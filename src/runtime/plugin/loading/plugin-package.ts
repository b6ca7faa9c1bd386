import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'

/** Names of packages that are taken for plugins: any other name is one of a file, so that a slip runs no stranger's code. */
const PACKAGE =
  /^(?:@[a-z0-9][a-z0-9._-]*\/|beadle-plugin-)[a-z0-9][a-z0-9._-]*(?:\/[a-zA-Z0-9][a-zA-Z0-9._-]*)*$/

export const LONGEST_PACKAGE = 214

export const isPluginPackage = (name: string): boolean => name.length <= LONGEST_PACKAGE && PACKAGE.test(name)

const resolver = createJiti(import.meta.url, { fsCache: false })

/** The file that a package is imported by, from a project's folder; where it is, if it is linked. */
export function packageFile(name: string, project: string): string | undefined {
  try {
    const found = resolver.esmResolve(name, {
      parentURL: pathToFileURL(join(project, 'config.yaml')).href,
      try: true,
    })
    return found === undefined ? undefined : realpathSync(fileURLToPath(found))
  } catch {
    return undefined
  }
}
