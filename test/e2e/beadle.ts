import { join } from 'node:path'
import { ROOT } from './build.ts'
import { APP } from './jmessage.ts'
import { Program } from './program.ts'

/** config.yaml of a Beadle with an IM server of its own process. */
export const config = (more: {
  readonly listen: string
  readonly jmessage?: object
  readonly [key: string]: unknown
}) => ({
  plugins: ['./plugins', join(ROOT, 'plugins')],
  log: { format: 'json', level: 'info' },
  ...more,
  // Of a server with a sandbox, which has no quota.
  jmessage: { ...APP, quota: 'off', ...more.jmessage },
})

/** `beadle start` in a folder with a config.yaml. Resolves once it is ready. */
export async function startBeadle(
  folder: string,
  { env }: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Program> {
  const program = await Program.start(['start'], { cwd: folder, ...(env ? { env } : {}) })
  await program.says(/Ready\./)
  return program
}

/** What a call of a webhook was answered. */
export interface HookAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export async function hook(
  url: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HookAnswer> {
  const response = await fetch(`${url}/hooks/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

/** The log that a program wrote so far, a line each. */
export function logOf({ stderr }: Program): { readonly level: number; readonly msg: string }[] {
  return stderr.split('\n').flatMap(line => {
    try {
      return [JSON.parse(line)]
    } catch {
      return []
    }
  })
}
