import { NewUser } from '../../protocol/index.ts'
import { change } from '../../store/index.ts'
import type { App } from '../apps.ts'
import { type Handlers, Reply } from '../handler.ts'
import { hashPasswords } from '../passwords.ts'
import { newProfile } from '../profile.ts'
import { insertUser } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { validate } from '../validate.ts'

/** Users in one call. */
const BATCH = 500

/** Making accounts: users, each with its own result, and admins. */
export function registration({
  store,
  clock,
}: Services): Pick<Handlers, 'users.register' | 'admins.register'> {
  const rowOf = (app: App, user: NewUser, password: string, admin: 0 | 1) => ({
    ...newProfile(user),
    app: app.id,
    username: user.username,
    password,
    admin,
    now: clock.now(),
  })

  return {
    'users.register': async ({ app, body }) => {
      if (body.length > BATCH) throw new Refusal(899013)
      const items = body.map(checked)
      const good = items.filter(item => item instanceof Refusal === false) as NewUser[]
      const hashes = await hashPasswords(good.map(user => user.password))
      const rows = good.map((user, i) => rowOf(app, user, hashes[i] as string, 0))
      const inserted = rows.length > 0 ? await store.apply(...rows.map(row => change(insertUser, row))) : []
      let next = 0
      const refusals = items.map(item => {
        if (item instanceof Refusal) return item
        return inserted[next++] === 1 ? undefined : new Refusal(899001)
      })
      const results = refusals.map((refusal, i) => ({
        username: nameOf(body[i]),
        ...(refusal ? refusal.envelope : {}),
      }))
      const first = refusals.find(refusal => refusal !== undefined)
      return first && refusals.every(refusal => refusal !== undefined)
        ? new Reply(first.status, results)
        : results
    },

    'admins.register': async ({ app, body }) => {
      const admins = Array.isArray(body) ? body : [body]
      const hashes = await hashPasswords(admins.map(admin => admin.password))
      await store.write(async tx => {
        for (const [i, admin] of admins.entries()) {
          const row = rowOf(app, admin, hashes[i] as string, 1)
          if ((await tx.run(insertUser, row)) === 0) throw new Refusal(899001)
        }
      })
    },
  }
}

/** An item of a batch is refused by itself. */
function checked(item: unknown): NewUser | Refusal {
  try {
    return validate(NewUser, item, 'user')
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal
    throw refusal
  }
}

function nameOf(item: unknown): string {
  const name = (item as { username?: unknown } | undefined)?.username
  return typeof name === 'string' ? name : ''
}
