export type { Log } from '../base/log.ts'
export type { ImServer, ServerApp, ServerOptions } from './options.ts'
export type { FaultRule } from './sandbox/faults/rules.ts'
export { startServer } from './start.ts'
