import type { Env } from '../interpolate.ts'
import type { LoadedConfig } from '../load.ts'
import { readOverrides } from '../overrides.ts'
import { type AppConfig, appsOf } from '../resolve.ts'
import { MainFile } from '../schema.ts'
import { type ExplainedSetting, explainSettings } from './settings.ts'

/** The settings of config.yaml. */
export function mainSettings({ file, main }: LoadedConfig, env: Env = process.env): ExplainedSetting[] {
  const overrides = readOverrides(env)
  const depending = new Map<string, unknown>([['database', main.database]])
  for (const app of appsOf(main))
    for (const [field, value] of Object.entries(dependingOf(app)))
      depending.set(`${app.name === 'main' ? 'jmessage' : `apps.${app.name}`}.${field}`, value)
  return explainSettings(file, MainFile, {
    value: overrides.applyTo(file.value ?? {}),
    variableOf: overrides.variableOf,
    usual: field => depending.get(field),
  })
}

/** What depends on other settings. */
const dependingOf = ({ endpoint, reportEndpoint, inbound, quota }: AppConfig) => ({
  endpoint: endpoint ?? 'the embedded server',
  reportEndpoint: reportEndpoint ?? 'the embedded server',
  inbound,
  quota,
})
