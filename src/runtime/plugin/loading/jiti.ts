import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Jiti, JitiOptions } from 'jiti'
import { compile } from './compiling.ts'
import { isOwnFile } from './own-files.ts'

/** How jiti is made, with what it otherwise gives itself. */
type MakeJiti = (
  from: string,
  options: JitiOptions,
  means: {
    readonly onError: (error: Error) => never
    readonly nativeImport: (id: string) => Promise<unknown>
    readonly createRequire: typeof createRequire
  },
) => Jiti

const require = createRequire(import.meta.url)
// Its public function does not let Node's import be replaced.
const makeJiti = require(join(dirname(require.resolve('jiti/package.json')), 'dist/jiti.cjs')) as MakeJiti

const LEFT_TO_JITI = new Error('this file is compiled')

/**
 * Loads the files of one plugin. jiti leaves ES modules in JavaScript to Node, which keeps each for good and gives it
 * other copies of what it imports: the plugin's own are compiled like TypeScript. Other packages are Node's, and shared.
 *
 * @param entry  the plugin's file
 */
export const jitiFor = (entry: string, options: JitiOptions): Jiti =>
  makeJiti(
    fileURLToPath(import.meta.url),
    { moduleCache: false, transform: options => ({ code: compile(options) }), ...options },
    {
      onError: error => {
        throw error
      },
      nativeImport: id => {
        const file = id.startsWith('file:') ? fileURLToPath(id) : id
        const isFile = file.startsWith('/') || /^[A-Za-z]:[\\/]/.test(file)
        return isFile && isOwnFile(file, entry) ? Promise.reject(LEFT_TO_JITI) : import(id)
      },
      createRequire,
    },
  )
