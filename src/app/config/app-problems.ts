import { closest } from '../../base/closest.ts'
import { MAIN_APP } from '../../runtime/apps.ts'
import { clip, type FieldPath, fieldName } from './field-path.ts'
import type { LoadedBot } from './load-bots.ts'
import type { Problem } from './problem.ts'
import { appsOf, type MainConfig } from './resolve.ts'
import type { YamlFile } from './yaml-file.ts'

/** What is wrong with apps as a whole: two with one appKey, and bots of apps that are not there. */
export const appProblems = (file: YamlFile, main: MainConfig, bots: readonly LoadedBot[]): Problem[] => [
  ...sharedKeys(file, main),
  ...unknownApps(main, bots),
]

function sharedKeys(file: YamlFile, main: MainConfig): Problem[] {
  const firsts = new Map<string, string>()
  return appsOf(main).flatMap(({ name, appKey }) => {
    const path: FieldPath = name === MAIN_APP ? ['jmessage', 'appKey'] : ['apps', name, 'appKey']
    const first = firsts.get(appKey)
    if (first !== undefined) {
      const message = `is the same as ${first}`
      const hint = 'bots that share an app name the same one by app'
      return [{ file: file.path, ...file.positionOf(path), field: fieldName(path), message, hint }]
    }
    firsts.set(appKey, fieldName(path))
    return []
  })
}

function unknownApps(main: MainConfig, bots: readonly LoadedBot[]): Problem[] {
  const names = appsOf(main).map(({ name }) => name)
  const known = new Set(names)
  return bots.flatMap(({ file, config: { app } }) => {
    if (app === undefined || known.has(app)) return []
    const guess = closest(app, names)
    const hint = guess === undefined ? `known here: ${clip(names.join(', '))}` : `did you mean "${guess}"?`
    const message = `is none of the apps in config.yaml (got "${app}")`
    return [{ file: file.path, ...file.positionOf(['app']), field: 'app', message, hint }]
  })
}
