import { type Refusals, withBody, withParts, withQuery } from './provoke.ts'

export const restRefusals: Refusals<'resource' | 'sensitivewords' | 'sdkregister'> = {
  'resource.upload': { 899003: withParts({ form: new FormData() }) },
  'resource.download': { 899003: withQuery({ mediaId: 'qiniu/image/j/unknown' }) },
  'sensitivewords.add': { 899003: withBody(['a word too long']) },
  'sensitivewords.update': { 899003: withBody({ old_word: 'unlisted', new_word: 'fuck' }) },
  'sensitivewords.delete': { 899003: withBody({ word: 'unlisted' }) },
  'sensitivewords.list': { 899003: withQuery({ start: 0, count: 2001 }) },
  'sensitivewords.status.set': { 899003: withQuery({ status: 'on' }) },
  'sensitivewords.status.get': {},
  'sdkregister.set': { 899003: withQuery({}) },
  'sdkregister.get': {},
}
