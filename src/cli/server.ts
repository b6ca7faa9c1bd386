import { type StandaloneOptions, startStandalone } from '../app/standalone.ts'
import { untilSignal } from './until-signal.ts'

/** `beadle server`: the IM server alone, until it is told to end. Prints its URL once it accepts requests. */
export async function server(options: StandaloneOptions): Promise<void> {
  const running = await startStandalone(options)
  process.stdout.write(`${running.url}\n`)
  await untilSignal(() => running.close())
}
