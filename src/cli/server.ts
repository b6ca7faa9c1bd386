import { type StandaloneOptions, startStandalone } from '../app/standalone.ts'
import { endOnSignal } from './end-on-signal.ts'
import { printLine } from './text.ts'

/** `beadle server`: the IM server alone, until it is told to end. Prints its URL once it accepts requests. */
export async function server({
  json,
  ...options
}: StandaloneOptions & { readonly json?: boolean }): Promise<void> {
  const closeWith = endOnSignal()
  const running = await startStandalone(options)
  closeWith(() => running.close())
  if (json) printLine({ url: running.url })
  else process.stdout.write(`${running.url}\n`)
}
