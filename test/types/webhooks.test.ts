import { expect, expectTypeOf, test } from 'vitest'
import { answer, definePlugin, type PluginContext, z } from '../../src/index.ts'
import { world } from '../world.ts'

/** Never called: what is in it has to fit the types, or not to. */
const setUp = (ctx: PluginContext) => {
  const auth = { type: 'github', secret: 'a secret of mine' } as const
  ctx.webhook('plain', { auth: 'none' }, ({ body, headers, query }) => {
    expectTypeOf(body).toEqualTypeOf<unknown>()
    // @ts-expect-error  no headers are kept
    headers['x-any']
    // @ts-expect-error  nor parameters
    query.any
  })
  ctx.webhook(
    'typed',
    { auth, body: z.object({ at: z.iso.datetime().transform(text => new Date(text)) }) },
    ({ body }) => {
      expectTypeOf(body).toEqualTypeOf<{ at: Date }>()
      // @ts-expect-error  the schema has no such field
      body.when
    },
  )
  ctx.webhook('raw', { auth, accept: 'raw', conversation: body => body.toString('hex') }, ({ body }) => {
    expectTypeOf(body).toEqualTypeOf<Buffer>()
  })
  ctx.webhook('text', { auth, accept: 'text' }, ({ body }) => expectTypeOf(body).toEqualTypeOf<string>())
  ctx.webhook('form', { auth, accept: 'form' }, ({ body }) => {
    expectTypeOf(body).toEqualTypeOf<Readonly<Record<string, string>>>()
  })
  ctx.webhook(
    'kept',
    { auth, headers: ['X-GitHub-Event'], query: ['from'], conversation: body => String(body) },
    ({ headers, query }) => {
      expectTypeOf(headers['x-github-event']).toEqualTypeOf<string | undefined>()
      expectTypeOf(query.from).toEqualTypeOf<string | undefined>()
      // @ts-expect-error  it is not among those that are kept
      headers['x-github-delivery']
      // @ts-expect-error  names are in lower case, as HTTP has them
      headers['X-GitHub-Event']
      // @ts-expect-error  it is not among those that are kept
      query.to
    },
  )
  ctx.webhook('waits', { auth, wait: '10s' }, () => answer({ status: 201, body: { ok: true } }))
  // @ts-expect-error  there is no such way to take a body
  ctx.webhook('xml', { auth, accept: 'xml' }, () => {})
  // @ts-expect-error  a kind that there is not
  ctx.webhook('kind', { auth: { type: 'hmac-sha1', secret: 'a secret of mine' } }, () => {})
  // @ts-expect-error  GitHub has a secret, GitLab a token
  ctx.webhook('github', { auth: { type: 'github', token: 'a secret of mine' } }, () => {})
  // @ts-expect-error  an answer has a status, not a code
  answer({ code: 200 })
}

test('what fits the types can be set up', async () => {
  const right = definePlugin({
    name: 'right',
    setup(ctx) {
      ctx.webhook('ips', { auth: { ips: ['::1'] }, headers: ['x-a'], query: ['b'] }, () => answer({}))
    },
  })
  await using w = await world({ plugins: [{ use: right }] })
  expectTypeOf(setUp).toBeFunction()
  expect(w.runtime.webhooks.paths).toEqual(['/hooks/bot/right/ips'])
})
