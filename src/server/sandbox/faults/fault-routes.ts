import type { Context } from 'hono'
import { json, noContent } from '../../answer.ts'
import { readJson } from '../../body.ts'
import type { Env } from '../../router.ts'
import { validate } from '../../validate.ts'
import type { Faults } from './faults.ts'
import { FaultPlan } from './rules.ts'

type Serve = (
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  answer: (context: Context<Env>) => Promise<Response>,
) => void

/** Shows, sets and lifts the rules by which the server misbehaves. */
export function serveFaults(serve: Serve, faults: Faults): void {
  serve('GET', '/sandbox/faults', async () => json(faults.view(), 200))
  serve('PUT', '/sandbox/faults', async ({ req }) => {
    faults.set(validate(FaultPlan, await readJson(req.raw)))
    return json(faults.view(), 200)
  })
  serve('DELETE', '/sandbox/faults', async () => {
    faults.set({ seed: 1, rules: [] })
    return noContent(204)
  })
}
