import { looksSecret } from './field-path.ts'
import type { YamlFile } from './yaml-file.ts'

const NOWHERE = { line: 0, column: 0 }

/**
 * A value that a program gave, in place of a file that was read.
 *
 * @param path  what problems in it are told of
 */
export const valueFile = (path: string, value: unknown): YamlFile => ({
  ...{ path, value, broken: false, problems: [] },
  positionOf: () => NOWHERE,
  keyPositionOf: () => NOWHERE,
  textAt: () => undefined,
  ...{ secrets: [], references: [], referencesAt: () => [] },
  isSecret: at => at.some(part => looksSecret(String(part))),
})
