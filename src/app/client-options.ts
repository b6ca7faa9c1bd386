import type { AppConfig, MainConfig } from './config/index.ts'

/** An address that means "every address" cannot be called. */
export const reachable = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host

/** What is needed to call JMessage for an app as this configuration says. */
export function clientOptions(main: MainConfig, app: AppConfig, server?: { readonly url: string }) {
  const { appKey, masterSecret, endpoint, reportEndpoint, timeoutMs, quota } = app
  const embedded = server?.url ?? `http://${reachable(main.server.listen.host)}:${main.server.listen.port}`
  return {
    endpoint: endpoint ?? embedded,
    reportEndpoint: reportEndpoint ?? embedded,
    appKey,
    masterSecret,
    timeoutMs,
    quota,
  }
}
