export type { ImServer, Log, LogLevel, ServerApp, ServerOptions } from './options.ts'
export { startServer } from './start.ts'
