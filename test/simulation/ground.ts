import { createClient, fetchTransport, type Transport } from '../../src/client/index.ts'
import { startServer } from '../../src/server/index.ts'
import { runtimeStore } from '../engine.ts'
import { GROUPS } from './steps.ts'
import { Time } from './time.ts'

export const APP = { appKey: 'a1'.repeat(12), masterSecret: 's1'.repeat(12) }
export const OWNER = 'owner'
export const PEOPLE = [OWNER, 'alice', 'bobby']

/** A server with people and groups, an empty database, and a way to the server that notes what passes. */
export async function ground() {
  const time = new Time()
  const server = await startServer({
    listen: undefined,
    data: ':memory:',
    apps: [APP],
    sandbox: true,
    clock: time,
  })
  const store = await runtimeStore()
  const inner = fetchTransport(request => server.fetch(request))
  const client = createClient({
    endpoint: 'http://town',
    ...APP,
    transport: inner,
    clock: time,
    quota: 'off',
  })
  await client.users.register({ body: PEOPLE.map(username => ({ username, password: 'password' })) })
  const groups: string[] = []
  for (let made = 0; made < GROUPS; made++) {
    const members_username = PEOPLE.filter(name => name !== OWNER)
    const body = { owner_username: OWNER, name: `group ${made}`, members_username }
    groups.push(String((await client.groups.create({ body })).gid))
  }
  const trace: string[] = []
  const transport: Transport = {
    close: inner.close,
    async send(request) {
      const path = request.path.split('?')[0]!.replace(/\d{6,}/g, '…')
      const told = `${time.now()} ${request.method} ${path} ${textOf(request.body)}`
      try {
        const answer = await inner.send(request)
        trace.push(`${told}: ${answer.status}`)
        return answer
      } catch (error) {
        trace.push(`${told}: ${(error as Error).message}`)
        throw error
      }
    },
  }
  return { time, store, server, client, groups, transport, trace }
}

const textOf = (body: string | Buffer | undefined): string =>
  /"text":"([^"]*)"/.exec(String(body ?? ''))?.[1] ?? ''
