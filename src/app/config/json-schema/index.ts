export { botSchema, type DescribedPlugin } from './bot-schema.ts'
export { configSchema } from './config-schema.ts'
export type { JsonSchema } from './json-schema.ts'
