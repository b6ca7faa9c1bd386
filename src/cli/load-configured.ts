import { type LoadedConfig, loadConfig } from '../app/config/index.ts'
import { KnownSecrets, secretsOf } from '../app/hide-secrets.ts'

const known = new KnownSecrets()

/** Loads the configuration that a command is about. Its secrets are in nothing that this process says of errors. */
export async function loadConfigured(path: string): Promise<LoadedConfig> {
  const config = await loadConfig(path)
  known.add(secretsOf(config))
  return config
}

/** A text without the secrets of what was loaded. */
export const withoutSecrets = (text: string): string => known.hideLiterals(text)
