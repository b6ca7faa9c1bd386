import { relative } from 'node:path'
import { styleText } from 'node:util'
import { Dev, type Reloaded } from '../app/dev/dev.ts'
import type { Trouble } from '../app/dev/trouble.ts'
import { KnownSecrets } from '../app/hide-secrets.ts'
import { createLog } from '../app/log.ts'
import { Strays } from '../app/strays.ts'
import { systemClock } from '../base/clock.ts'
import { endOnSignal } from './end-on-signal.ts'
import { reloadLines } from './reload-lines.ts'
import { welcome } from './welcome.ts'

const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR
const paint = (colour: 'green' | 'red' | 'yellow' | 'dim', text: string): string =>
  isColoured ? styleText(colour, text) : text

const print = (...lines: readonly string[]): void =>
  void process.stdout.write(lines.map(line => `${line}\n`).join(''))

/** `beadle dev`: as `start`, and takes up every file that is saved. */
export async function dev({ config: path, version }: { config: string; version: string }): Promise<void> {
  const closeWith = endOnSignal()
  const secrets = new KnownSecrets([])
  const usual = await createLog({ level: 'warn', format: 'auto' }, secrets)
  const strays = new Strays({ log: usual, clock: systemClock })
  strays.watch()
  let restart = ''
  const dev = await Dev.open(
    {
      path,
      start: { version, strays },
      // What is saved and taken up is told here; the log is for what goes wrong.
      secrets,
      makeLog: ({ main: { log } }) =>
        createLog({ ...log, level: log.level === 'info' ? 'warn' : log.level }, secrets),
      screen: {
        started(beadle, config) {
          print(
            welcome({ beadle, config, version }).trimEnd(),
            `${paint('green', '●')} Plugins, bots and config.yaml are taken up as you save them.`,
          )
        },
        waits(troubles) {
          showTroubles(troubles)
          print(paint('dim', '  It starts once that is mended.'))
        },
        reloaded(outcome) {
          for (const { sign, text } of reloadLines(outcome)) print(`${paint('green', sign)} ${text}`)
          showTroubles(outcome.troubles)
          if (outcome.troubles.length > 0) print(paint('dim', stays(outcome)))
          const fields = outcome.restart.join(', ')
          if (fields !== restart && fields !== '')
            print(`${paint('yellow', '!')} ${fields} in config.yaml: restart to have it take effect`)
          restart = fields
        },
      },
    },
    usual,
  )
  closeWith(() => dev.close())
  await dev.run()
}

const stays = ({ changes }: Reloaded): string =>
  changes.length > 0
    ? '  What is wrong goes on as it was.'
    : '  Nothing has changed: what ran before goes on.'

function showTroubles(troubles: readonly Trouble[]): void {
  for (const { message, hint, place, frame } of troubles) {
    const at = place ? `${relative('', place.file)}:${place.line}:${place.column}  ` : ''
    print(`${paint('red', '✗')} ${at}${message}`)
    if (frame) print(...frame.split('\n').map(line => `    ${line}`))
    if (hint) print(paint('dim', `  ${hint}`))
  }
}
