import { randomBytes } from 'node:crypto'
import { type Client, NotFound } from '../client/index.ts'
import { query, type Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

const PEOPLE = ['alice', 'bobby', 'carol', 'dave']
const OWNER = 'alice'
const SQUARE = 'Town Square'
const HALL = 'Town Hall'
/** Number of the first chat room of a fresh server. */
const FIRST_ROOM = 20_000_001
const BUILT = 'town'

const isBuilt = query<RuntimeTables>()((db, p: { name: string }) =>
  db.selectFrom('cursors').select('value').where('name', '=', p.name),
)

const markBuilt = query<RuntimeTables>()((db, p: { name: string; at: number }) =>
  db
    .insertInto('cursors')
    .values({ name: p.name, value: p.at })
    .onConflict(conflict => conflict.column('name').doNothing()),
)

/**
 * Builds a small town to play in on the embedded server: four people, a group and a chat room. Once only; what was
 * removed later stays away. A start that was cut short is taken up where it ended.
 */
export async function buildTown(client: Client, store: Store<RuntimeTables>, now: number): Promise<boolean> {
  if (await store.read.first(isBuilt, { name: BUILT })) return false
  // Those who are there already answer with an error of their own, which is as well.
  await client.users.register({
    body: PEOPLE.map(username => ({
      username,
      password: randomBytes(12).toString('base64url'),
      nickname: username[0]!.toUpperCase() + username.slice(1),
    })),
  })
  const groups = await client.users.groups.list({ username: OWNER })
  if (!groups.some(group => group.name === SQUARE)) {
    const others = PEOPLE.filter(name => name !== OWNER)
    await client.groups.create({
      body: { owner_username: OWNER, name: SQUARE, members_username: others, desc: 'Where everybody meets' },
    })
  }
  if (!(await roomExists(client))) {
    await client.chatrooms.create({ body: { owner_username: OWNER, name: HALL, members_username: PEOPLE } })
  }
  await store.write(tx => tx.run(markBuilt, { name: BUILT, at: now }))
  return true
}

async function roomExists(client: Client): Promise<boolean> {
  try {
    await client.chatrooms.members.list({ roomId: FIRST_ROOM, start: 0, count: 1 })
    return true
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}
