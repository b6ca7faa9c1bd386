import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Switch } from './fields.ts'

const section = 'Configuration'
const path = '/v1/sdkregister/status'
const aliases = ['/sdkregister/status'] as const

export const sdkRegisterSet = endpoint({
  id: 'sdkregister.set',
  section,
  title: 'Let users register themselves in client apps (status=1), or not (status=0)',
  method: 'PUT',
  path,
  aliases,
  query: { status: Switch },
  queryInBody: true,
  status: 204,
  errors: [899003],
  notes: 'On at first. Registration over this API is not touched.',
})

export const sdkRegisterGet = endpoint({
  id: 'sdkregister.get',
  section,
  title: 'Get whether users can register themselves in client apps',
  method: 'GET',
  path,
  aliases,
  status: 200,
  response: z.object({ status: z.int().describe('1 on, 0 off') }),
  errors: [],
})
