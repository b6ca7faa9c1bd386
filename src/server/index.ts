export type { ImServer, Log, LogLevel, ServerApp, ServerOptions } from './options.ts'
export type { FaultRule } from './sandbox/faults/rules.ts'
export { startServer } from './start.ts'
