import { query, type Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { ServerApp } from './options.ts'

/** An app in service. */
export interface App extends ServerApp {
  /** Stands for the key in big tables. */
  readonly id: number
}

/** The apps of this server; they all belong to one account, so they may send to each other. */
export class Apps {
  readonly all: readonly App[]
  readonly #byKey: ReadonlyMap<string, App>
  readonly #byId: ReadonlyMap<number, App>

  constructor(apps: readonly App[]) {
    this.all = apps
    // Keys are compared without case.
    this.#byKey = new Map(apps.map(app => [app.appKey.toLowerCase(), app]))
    this.#byId = new Map(apps.map(app => [app.id, app]))
  }

  withKey(appKey: string): App | undefined {
    return this.#byKey.get(appKey.toLowerCase())
  }

  /** The key of an app, also of one that was served once and has messages still. */
  keyOf(id: number): string {
    return this.#byId.get(id)?.appKey ?? ''
  }
}

const q = query<ImDatabase>()
const add = q((db, p: { key: string }) =>
  db
    .insertInto('im_app')
    .values({ app_key: p.key, filters_words: 0, sdk_register: 1 })
    .onConflict(conflict => conflict.column('app_key').doNothing()),
)
const find = q((db, p: { key: string }) => db.selectFrom('im_app').select('id').where('app_key', '=', p.key))

/** Gives each app its id, the same as ever. */
export async function enterApps(store: Store<ImDatabase>, apps: readonly ServerApp[]): Promise<Apps> {
  const entered = await store.write(async tx => {
    const rows: App[] = []
    for (const app of apps) {
      await tx.run(add, { key: app.appKey })
      const row = await tx.first(find, { key: app.appKey })
      rows.push({ ...app, id: row!.id })
    }
    return rows
  })
  return new Apps(entered)
}
