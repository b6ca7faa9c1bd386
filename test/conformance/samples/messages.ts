import type { EndpointId, MessageType } from '../../../src/protocol/index.ts'
import type { Town } from '../town.ts'
import type { Make, Samples } from './index.ts'

const media = {
  media_id: 'qiniu/image/a/707F13B42CEDB275702938DD13ED76E8.png',
  media_crc32: 2565087609,
  fsize: 20736,
  hash: 'FtH0kPT0YI89HAw1K9wv_vVKiNab',
}
const image = { ...media, width: 72, height: 72, format: 'png' }
const extras = { note: '备注' }

const bodies: Readonly<Record<MessageType, Record<string, unknown>>> = {
  text: { text: 'Hello, JMessage!', extras },
  image: { ...image, extras },
  voice: { ...media, duration: 6, format: 'amr', extras },
  custom: { kind: 'order', order_id: 10086, paid: true },
  file: { ...media, fname: 'testfile', extras },
  location: { latitude: 111.2, longitude: 22.3, scale: 500, label: 'xx省xx市xx区xx街道', extras },
  video: { duration: 10, video: { ...media, fname: 'testvideo' }, thumb: image, extras },
}

const sent =
  (msg_type: MessageType): Make =>
  (town: Town) =>
    town.message({
      target_appkey: town.appKey,
      target_name: 'Tommy',
      from_name: 'Boss',
      no_offline: true,
      no_notification: true,
      notification: { title: 'title', alert: 'alert' },
      msg_type,
      msg_body: bodies[msg_type],
    })

export const messageSamples: Samples<'messages'> = {
  'messages.send': sent('text'),
  'messages.retract': async town => {
    const { msg_id } = (await town.must('messages.send', town.message())).body
    return { params: { username: 'boss1', msgid: msg_id } }
  },
}

export const otherMessages: readonly (readonly [EndpointId, string, Make])[] = (
  ['image', 'voice', 'custom', 'file', 'location', 'video'] as const
).map(type => ['messages.send', type, sent(type)])
