import { config, startBeadle } from './beadle.ts'
import { APP, type JMessage } from './jmessage.ts'
import { folder, freePort } from './places.ts'
import type { Program } from './program.ts'
import { until } from './until.ts'

/** A plugin that asks three questions, and notes each time it does something past the bot. */
const SHOP = `import { appendFileSync } from 'node:fs'
import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'shop',
  setup(ctx) {
    ctx.command('order', async ({ ask, message }) => {
      await message.reply('Welcome')
      const size = await ask('Which size?', { choices: ['small', 'large'] })
      await ask.once(() => appendFileSync('reserved', size + ';'))
      await message.reply('Reserved: ' + size)
      const count = await ask('How many?', { type: 'int' })
      await message.reply('So many: ' + count)
      const name = await ask('For whom?')
      return 'Ordered: ' + count + ' ' + size + ' for ' + name
    })
  },
})
`

/** All that is said in the dialogue. */
export const TRANSCRIPT = [
  ...['/order', 'Welcome', 'Which size?\n1. small\n2. large'],
  ...['large', 'Reserved: large', 'How many?'],
  ...['3', 'So many: 3', 'For whom?'],
  ...['Bob', 'Ordered: 3 large for Bob'],
]

/** A Beadle that can be started again on what it left. */
export class Shop {
  readonly home: string
  readonly #url: string
  program!: Program

  private constructor(home: string, url: string) {
    this.home = home
    this.#url = url
  }

  static async open(jmessage: JMessage, more: object = {}): Promise<Shop> {
    const listen = `127.0.0.1:${await freePort()}`
    const home = folder({
      'config.yaml': config({ listen, jmessage: { endpoint: jmessage.url, inbound: 'callback' }, ...more }),
      'bots/clerk.yaml': { username: 'clerk-bot', plugins: { shop: {} } },
      'plugins/shop.js': SHOP,
    })
    const shop = new Shop(home, `http://${listen}`)
    await shop.start()
    return shop
  }

  async start(): Promise<void> {
    this.program = await startBeadle(this.home)
  }

  /** Has it hear what was said, as JMessage's callback would: again until it is acknowledged. */
  async hear(jmessage: JMessage, group: number, msgId: number): Promise<void> {
    const record = (await jmessage.history({ group })).find(({ msgid }) => msgid === msgId)
    await until('the message is taken', async () => {
      const answer = await fetch(`${this.#url}/callbacks/jmessage`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}`,
        },
        body: JSON.stringify({ total: 1, messages: [record] }),
      }).catch(() => undefined)
      return answer?.status === 200
    })
  }
}

/** Waits until what was said in a group is the beginning of the transcript, up to a text. */
export async function saidUpTo(jmessage: JMessage, group: number, last: string): Promise<void> {
  const expected = TRANSCRIPT.slice(0, TRANSCRIPT.indexOf(last) + 1)
  const texts = await until(`'${last}' is said`, async () => {
    const said = await jmessage.texts({ group })
    return said.length >= expected.length && said
  })
  if (texts.join('|') !== expected.join('|')) throw new Error(`said was:\n${texts.join('\n')}`)
}
