import { expect, test } from 'vitest'
import { OTHER, ok, refusal, world } from './world.ts'

test.each(['/v1/sdkregister/status', '/sdkregister/status'])(
  '%s is on until it is switched off',
  async path => {
    const w = await world()
    const status = async () => (await w.call('GET', path)).body
    expect(await status()).toEqual({ status: 1 })
    ok(await w.call('PUT', `${path}?status=0`), 204)
    expect(await status()).toEqual({ status: 0 })
    expect((await w.callAs(OTHER, 'GET', path)).body).toEqual({ status: 1 })
    await w.users('alice')
    ok(await w.call('PUT', path, { status: 1 }), 204)
    expect(await status()).toEqual({ status: 1 })
    for (const query of ['', '?status=', '?status=true', '?status=2'])
      expect(refusal(await w.call('PUT', path + query))).toEqual([400, 899003])
  },
)
