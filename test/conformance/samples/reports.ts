import { type EndpointId, formatWireTime } from '../../../src/protocol/index.ts'
import type { Sample } from '../request.ts'
import { clock, type Town } from '../town.ts'
import type { Samples } from './index.ts'

const range = () => ({
  begin_time: formatWireTime(clock.now() - 86_400_000),
  end_time: formatWireTime(clock.now() + 60_000),
})
const day = () => formatWireTime(clock.now()).slice(0, 10)

/** The second page of the history of two messages: of its first page come the cursor and all else. */
const secondPage =
  (id: EndpointId, paramsOf: (town: Town) => Sample['params'], target: (town: Town) => object) =>
  async (town: Town): Promise<Sample> => {
    for (const from_name of ['Boss', 'Chief', 'Head'])
      await town.must('messages.send', town.message({ from_name, ...target(town) }))
    const params = paramsOf(town) ?? {}
    const query = { count: 1, ...range() }
    const { cursor } = (await town.must(id, { params, query })).body
    return { params, query: { ...query, cursor } }
  }

const offsets = async (town: Town) => {
  await town.must('messages.send', town.message())
  return { query: { start: 0, count: 1000, ...range() } }
}
const statistic = async (town: Town) => {
  await town.must('messages.send', town.message())
  await town.must('messages.send', town.message({ target_type: 'group', target_id: town.gid }))
  return { query: { time_unit: 'DAY', start: day(), duration: 1 } }
}

export const reportSamples: Samples<'report'> = {
  'report.messages.list': secondPage(
    'report.messages.list',
    () => ({}),
    () => ({}),
  ),
  'report.users.messages.list': secondPage(
    'report.users.messages.list',
    () => ({ username: 'tommy' }),
    () => ({}),
  ),
  'report.groups.messages.list': secondPage(
    'report.groups.messages.list',
    ({ gid }) => ({ gid }),
    ({ gid }) => ({ target_type: 'group', target_id: gid }),
  ),
  'report.chatrooms.messages.list': secondPage(
    'report.chatrooms.messages.list',
    ({ roomId }) => ({ roomId }),
    ({ roomId }) => ({ target_type: 'chatroom', target_id: roomId }),
  ),
  'report.statistic.users': statistic,
  'report.statistic.messages': statistic,
  'report.statistic.groups': statistic,
  'report.v1.messages.list': offsets,
  'report.v1.users.messages.list': async town => ({
    ...(await offsets(town)),
    params: { username: 'tommy' },
  }),
}
