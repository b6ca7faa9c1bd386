import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './markdown.ts'

/** How long a start may take on a machine that has much else to do. */
const PATIENCE_MS = 60_000
const BEADLE = join(root, 'bin/beadle.js')

/** Not what else is in the folders: whoever took the tour has a bot and a plugin more. */
const SHIPPED = [
  'bots/herald.yaml',
  'bots/warden.yaml',
  'plugins/announce',
  'plugins/notices',
  'plugins/warden',
]

/** Hours from now to noon in China. */
const HOURS = ((4 - new Date().getUTCHours() + 36) % 24) - 12
/** Makes it noon for a process: what ships has notices that are due in the morning and in the evening. */
const NOON = `data:text/javascript,${encodeURIComponent(`
  globalThis.Date = class extends Date {
    constructor(...given) {
      given.length > 0 ? super(...given) : super(Date.now())
    }
    static now() {
      return super.now() + ${HOURS * 3_600_000}
    }
  }
`)}`

/** What ships, in a folder and at ports of its own, run as `npm start` does. */
export class Program {
  readonly folder: string
  readonly #ports: ReadonlyMap<string, string>
  #child: ChildProcess | undefined
  /** What it printed. */
  output = ''

  private constructor(folder: string, ports: ReadonlyMap<string, string>) {
    this.folder = folder
    this.#ports = ports
  }

  static async prepare(): Promise<Program> {
    const folder = mkdtempSync(join(tmpdir(), 'beadle-docs-'))
    const [server, beadle] = await freePorts()
    const program = new Program(
      folder,
      new Map([
        ['7070', server],
        ['7071', beadle],
      ]),
    )
    for (const path of SHIPPED) cpSync(join(root, path), join(folder, path), { recursive: true })
    program.write('config.yaml', readFileSync(join(root, 'config.yaml'), 'utf8'))
    return program
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, this.here(text))
  }

  /** A text with the ports of this program in place of those of the documents. */
  here(text: string): string {
    return text.replace(/\b707[01]\b/g, port => this.#ports.get(port)!)
  }

  /** A command with this checkout's program in place of the installed one, at the same time of day. */
  command(text: string): string {
    return this.here(text).replaceAll('npx beadle', `'${process.execPath}' --import '${NOON}' '${BEADLE}'`)
  }

  /**
   * Starts it.
   *
   * @param ready  what it prints once it is up
   */
  async start(args: readonly string[] = ['start'], ready = 'Ready.'): Promise<void> {
    this.output = ''
    let errors = ''
    const child = spawn(process.execPath, ['--import', NOON, BEADLE, ...args], {
      cwd: this.folder,
      env: cleanEnv(),
    })
    this.#child = child
    child.stdout.on('data', text => {
      this.output += text
    })
    child.stderr.on('data', text => {
      errors += text
    })
    const until = Date.now() + PATIENCE_MS
    while (!this.output.includes(ready)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`it did not start: ${errors}`)
      await sleep(50)
    }
  }

  /** Resolves once it has nothing left to do. */
  async settled(): Promise<void> {
    const until = Date.now() + PATIENCE_MS
    for (;;) {
      const { waiting } = (await (await fetch(this.here('http://127.0.0.1:7071/readyz'))).json()) as {
        waiting: number
      }
      if (waiting === 0 || Date.now() > until) return
      await sleep(50)
    }
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGINT')
    await ended
  }

  /** Ends it, and leaves nothing behind. */
  async close(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What the machine's own environment says must not reach the program. */
const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(BEADLE_|JMESSAGE_|DEPLOY_TOKEN|VITEST|NODE_ENV)/.test(name),
    ),
  )

/** Two ports that nobody has: both are held before either is given back. */
async function freePorts(): Promise<[string, string]> {
  const held = await Promise.all([holdPort(), holdPort()])
  const [first, second] = held.map(server => String((server.address() as AddressInfo).port))
  await Promise.all(held.map(server => new Promise(done => server.close(done))))
  return [first!, second!]
}

const holdPort = (): Promise<Server> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
  })
