import type { Ask, Asked, Expect } from './commands/command.ts'
import { NAMES } from './commands/command.ts'
import * as groups from './groups.ts'
import * as rooms from './rooms.ts'
import type { AppIndex, Model } from './state.ts'
import { appKeyOf } from './state.ts'
import { register, registerAdmins } from './users.ts'
import * as words from './words.ts'

/** Does a call to both, which has to succeed. */
type Do = (
  app: AppIndex,
  method: Asked['method'],
  path: string,
  body: unknown,
  expect: Expect,
) => Promise<void>

/** Puts the same people, groups and rooms into the server and the model, so that calls have something to meet. */
export async function begin(ask: Ask, model: Model): Promise<void> {
  const both: Do = async (app, method, path, body, expect) => {
    const answer = await ask(app, { method, path, body })
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    expect(model, answer)
  }
  const person = (username: string) => ({ username, password: 'secret' })
  const [boss, ...others] = NAMES.map(person)
  for (const app of [0, 1] as const) {
    const here = others.slice(app)
    await both(app, 'POST', '/v1/admins', boss, () => registerAdmins(model, app, [boss!]))
    await both(app, 'POST', '/v1/users', here, () => register(model, app, here))
    const group = { owner_username: 'carl1', name: 'g', members_username: ['dora1', 'emil1'] }
    await both(app, 'POST', '/v1/groups', group, (_, { body }) => groups.create(model, app, group, body.gid))
    const room = { owner_username: 'carl1', name: 'r', members_username: ['dora1', 'anna1'], flag: app }
    await both(app, 'POST', '/v1/chatroom', room, (_, { body }) =>
      rooms.create(model, app, room, body.chatroom_id),
    )
  }
  const silence = { names: ['dora1'], isSilenced: true }
  const silencing = (gid: number) => `/v1/groups/messages/${gid}/silence?status=true`
  for (const { gid, app } of [...model.groups.values()])
    await both(app, 'PUT', silencing(gid), silence.names, () => groups.silence(model, app, gid, silence))
  for (const { id, app } of [...model.rooms.values()])
    await both(app, 'PUT', `/v1/chatroom/${id}/forbidden/dora1?status=1`, undefined, () =>
      rooms.forbid(model, app, id, { name: 'dora1', isForbidden: true }),
    )
  const across = [{ of: 1, add: ['dora1'], remove: [] }]
  const [gid] = model.allGids as [number]
  const body = across.map(({ of, ...lists }) => ({ appkey: appKeyOf(of), ...lists }))
  await both(0, 'POST', `/v1/cross/groups/${gid}/members`, body, () =>
    groups.changeMembers(model, 0, gid, across),
  )
  await both(0, 'POST', '/v1/sensitiveword', ['bad'], () => words.add(model, 0, ['bad']))
  await both(0, 'PUT', '/v1/sensitiveword/status?status=1', undefined, () => {
    model.apps[0].isFiltering = true
    return { status: 204 }
  })
}
