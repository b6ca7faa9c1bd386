import { nobody, noGroup, noPage, noRoom, type Refusals, withQuery } from './provoke.ts'

const backwards = withQuery({
  count: 1,
  begin_time: '2026-01-02 00:00:00',
  end_time: '2026-01-01 00:00:00',
})
const tooLong = withQuery({ time_unit: 'DAY', start: '2026-01-01', duration: 61 })

export const reportRefusals: Refusals<'report'> = {
  'report.messages.list': { 899003: backwards },
  'report.users.messages.list': { 899002: nobody, 899003: backwards },
  'report.groups.messages.list': { 899003: backwards, 899006: noGroup },
  'report.chatrooms.messages.list': { 899003: backwards, 899081: noRoom },
  'report.statistic.users': { 899003: tooLong },
  'report.statistic.messages': { 899003: tooLong },
  'report.statistic.groups': { 899003: tooLong },
  'report.v1.messages.list': { 899003: noPage },
  'report.v1.users.messages.list': { 899002: nobody, 899003: noPage },
}
