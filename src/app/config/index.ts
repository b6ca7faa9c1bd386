export type { FieldPath } from './field-path.ts'
export type { Env } from './interpolate.ts'
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from './load.ts'
export type { LoadedBot, PluginSettings } from './load-bots.ts'
export { ConfigError, formatProblem, type Problem } from './problem.ts'
export {
  type AppConfig,
  appNamed,
  appsOf,
  fileOf,
  hasEmbedded,
  type MainConfig,
  type NamedApp,
} from './resolve.ts'
export { BotFile, MainFile } from './schema.ts'
export { type Address, parseAddress } from './schema-fields.ts'
export { type Validated, validate, validatePluginSettings } from './validate.ts'
export { type Position, type ReadYamlOptions, readYaml, type YamlFile } from './yaml-file.ts'
