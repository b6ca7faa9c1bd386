import type { Handlers } from '../handler.ts'
import { setSdkRegister, switchesOf } from '../queries/app-queries.ts'
import type { Services } from '../services.ts'

/** Whether users may register themselves in client apps; registration over this API is always open. */
export function sdkRegister({ store }: Services): Pick<Handlers, 'sdkregister.set' | 'sdkregister.get'> {
  return {
    'sdkregister.set': async ({ app, query }) => {
      await store.write(tx => tx.run(setSdkRegister, { app: app.id, status: query.status }))
    },
    'sdkregister.get': async ({ app }) => ({
      status: (await store.read.first(switchesOf, { app: app.id }))?.sdk_register ?? 1,
    }),
  }
}
