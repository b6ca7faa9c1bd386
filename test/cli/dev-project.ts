import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createClient } from '../../src/client/index.ts'
import { formatWireTime } from '../../src/protocol/index.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'

const APP = { appKey: 'beadle00townapp000000001', masterSecret: 'beadle00townsecret000001' }
const SQUARE = 10000001

/** A plugin of two files that answers `/word`, counts, and has one of everything. */
export const PARROT = {
  'plugins/parrot/index.ts': `import { definePlugin, z } from 'beadle'
import { word } from './word.ts'

export default definePlugin({
  name: 'parrot',
  config: z.strictObject({ mark: z.string().default('.') }),
  setup(ctx, { mark }) {
    ctx.command('word', async ({ message }) => {
      const count = await ctx.state.update<number>('count', (before = 0) => before + 1)
      return \`\${word} \${count}\${mark}\`
    })
    ctx.on('message.text', async (message, next) => {
      if (message.text === 'polly') await message.reply('heard')
      return next()
    })
    ctx.webhook('ring', { auth: 'none', dedupe: 'off' }, ({ bot }) => bot.group(${SQUARE}).text(word))
    ctx.cron('0 9 * * *', { name: 'nine' }, () => {})
  },
})
`,
  'plugins/parrot/word.ts': "export const word: string = 'one'\n",
  'bots/parrot.yaml': 'username: parrot-bot\nplugins:\n  parrot: {}\n',
}

/** A project in a folder of its own, in which `beadle dev` runs. */
export class DevProject {
  readonly folder: string
  readonly #url: string
  readonly #im: string
  readonly #client: ReturnType<typeof createClient>
  program!: Program

  private constructor(place: string, port: number, imPort: number) {
    this.folder = place
    this.#url = `http://127.0.0.1:${port}`
    this.#im = `http://127.0.0.1:${imPort}`
    this.#client = createClient({ endpoint: this.#im, ...APP })
  }

  static async make(files: Readonly<Record<string, string>> = PARROT): Promise<DevProject> {
    const [port, imPort] = [await freePort(), await freePort()]
    const config = {
      jmessage: APP,
      listen: `127.0.0.1:${port}`,
      server: { listen: `127.0.0.1:${imPort}`, sandbox: true, town: true },
    }
    return new DevProject(folder({ 'config.yaml': config, ...files }), port, imPort)
  }

  /** Starts it. @param says  what it says then */
  async start(says = /taken up as you save/): Promise<void> {
    this.program = await Program.start(['dev'], { cwd: this.folder })
    await this.program.says(says)
  }

  save(name: string, text: string): void {
    write(join(this.folder, name), text)
  }

  /** As many editors do: a file beside it, which takes its place. */
  saveByRename(name: string, text: string): void {
    this.save(`${name}.tmp1234`, text)
    renameSync(join(this.folder, `${name}.tmp1234`), join(this.folder, name))
  }

  /** Links a package, as `npm link` does. */
  link(path: string): void {
    mkdirSync(join(this.folder, 'node_modules'), { recursive: true })
    symlinkSync(join(this.folder, path), join(this.folder, 'node_modules', basename(path)))
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { recursive: true })
  }

  /** Resolves once it has said something more on standard output, with that. */
  async says(what: RegExp, work: () => void): Promise<string> {
    const before = this.program.stdout.length
    work()
    await until(`it says ${what}`, () => what.test(this.program.stdout.slice(before)))
    return this.program.stdout.slice(before)
  }

  /** Says a text as alice; resolves with what bots answered to it, once there are as many answers as are expected. */
  async ask(text: string, answers = 1): Promise<string[]> {
    const before = (await this.#texts()).length
    const body = { from_id: 'alice', target_type: 'group', target_id: String(SQUARE), text }
    const said = await fetch(`${this.#im}/sandbox/apps/${APP.appKey}/messages`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!said.ok) throw new Error(await said.text())
    await until(
      `${answers} answers to ${text}`,
      async () => (await this.#texts()).length >= before + 1 + answers,
    )
    await this.settled()
    return (await this.#texts()).slice(before + 1)
  }

  /** Calls a webhook: the status of the answer. */
  async ring(): Promise<number> {
    const answer = await fetch(`${this.#url}/hooks/parrot/parrot/ring`, { method: 'POST', body: '{}' })
    return answer.status
  }

  /** Resolves once nothing waits to be handled. */
  async settled(): Promise<void> {
    await until('nothing waits', async () => {
      const answer = await fetch(`${this.#url}/readyz`)
      return ((await answer.json()) as { waiting: number }).waiting === 0
    })
  }

  async #texts(): Promise<string[]> {
    const now = Date.now()
    const range = {
      begin_time: formatWireTime(now - 3_600_000),
      end_time: formatWireTime(now + 3_600_000),
      count: 1000,
    }
    const { messages } = await this.#client.report.groups.messages.list({ gid: SQUARE, ...range })
    return messages.map(({ msg_body }) => String(msg_body.text))
  }
}
