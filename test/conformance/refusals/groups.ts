import { ABROAD } from '../town.ts'
import { crowded, full } from './crowds.ts'
import { noBody, noGroup, noPage, oddGid, type Refusals, withBody, withParts, withQuery } from './provoke.ts'

export const groupRefusals: Refusals<'groups'> = {
  'groups.create': {
    899002: withBody({ owner_username: 'nobody', name: 'group' }),
    899003: withBody({ owner_username: 'tommy', name: '' }),
    899012: full(names => ({
      body: { owner_username: 'tommy', name: 'g', members_username: [...names, 'lucas'] },
    })),
    899015: crowded(name => ({ body: { owner_username: name, name: 'one too many' } })),
  },
  'groups.get': { 899003: oddGid, 899006: noGroup },
  'groups.list': { 899003: noPage },
  'groups.update': { 899003: withBody({}), 899006: noGroup },
  'groups.delete': { 899003: oddGid, 899006: noGroup },
  'groups.owner.update': {
    899002: withBody({ username: 'nobody' }),
    899003: withBody({}),
    899006: noGroup,
    899014: withBody({ username: 'lucas' }),
    899020: withBody({ username: 'olga1', appkey: 'f'.repeat(24) }),
  },
  'groups.silence': {
    899002: withBody(['nobody']),
    899003: withQuery({ status: 'yes' }),
    899006: noGroup,
    899014: withBody(['lucas']),
  },
  'groups.members.update': {
    899002: withBody({ add: ['nobody'] }),
    899003: withBody({ add: [], remove: [] }),
    899006: noGroup,
    899011: withBody({ add: ['caiyi'] }),
    899012: full((_, gid) => ({ params: { gid }, body: { add: ['lucas'] } })),
    899014: withBody({ remove: ['lucas'] }),
    899015: crowded((name, gid) => ({ params: { gid }, body: { add: [name] } })),
  },
  'groups.members.add': {
    899002: withBody(['nobody']),
    899003: noBody,
    899006: noGroup,
    899011: withBody(['caiyi']),
    899012: full((_, gid) => ({ params: { gid }, body: ['lucas'] })),
    899015: crowded((name, gid) => ({ params: { gid }, body: [name] })),
  },
  'groups.members.remove': {
    899002: withBody(['nobody']),
    899003: noBody,
    899006: noGroup,
    899014: withBody(['lucas']),
  },
  'groups.members.list': {
    899003: oddGid,
    899006: noGroup,
    899021: withParts(async town => {
      const params = { gid: town.gid }
      const body = [{ appkey: ABROAD.appKey, add: ['olga1'] }]
      await town.must('cross.groups.members.update', { params, body })
      return { params }
    }),
  },
}
