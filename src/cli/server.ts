import { type StandaloneOptions, startStandalone } from '../app/standalone.ts'
import { endOnSignal } from './end-on-signal.ts'

/** `beadle server`: the IM server alone, until it is told to end. Prints its URL once it accepts requests. */
export async function server(options: StandaloneOptions): Promise<void> {
  const closeWith = endOnSignal()
  const running = await startStandalone(options)
  closeWith(() => running.close())
  process.stdout.write(`${running.url}\n`)
}
