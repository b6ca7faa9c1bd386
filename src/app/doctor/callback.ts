import { appsOf } from '../config/index.ts'
import { ask, jsonOf } from './ask.ts'
import { type Check, failure, ok, warning } from './finding.ts'

/** Whether the public address leads here. */
export const callback: Check = {
  name: 'callback',
  needsNetwork: true,
  async look({ config: { main }, signal }) {
    const { publicUrl } = main
    const isCalled = appsOf(main).some(
      ({ endpoint, inbound }) => endpoint !== undefined && (inbound === 'callback' || inbound === 'both'),
    )
    if (publicUrl === undefined)
      return isCalled
        ? [
            warning(
              'publicUrl is not set: whether callbacks can come in is not known',
              'Set it to the address that Jiguang calls, without the path.',
            ),
          ]
        : [ok('no callback has to come in from outside')]
    const plain = isCalled && publicUrl.startsWith('http:')
    const insecure = plain ? [warning(`${publicUrl} is not encrypted`, 'Put HTTPS in front of it.')] : []
    try {
      const { status, text } = await ask(`${publicUrl}/healthz`, { signal })
      if (status === 200 && jsonOf(text)?.status === 'ok')
        return [
          ...insecure,
          ok(
            `${publicUrl} leads to a Beadle, as seen from here; whether Jiguang reaches it cannot be known from here`,
          ),
        ]
      const hint = 'Does Beadle run, and does the proxy in front of it pass everything on?'
      return [...insecure, failure(`${publicUrl}/healthz answers ${status}, and not as a Beadle does`, hint)]
    } catch (error) {
      const hint =
        'Does Beadle run? Some networks do not reach their own public address: try it from outside, too.'
      return [...insecure, warning(`${publicUrl}: ${(error as Error).message}`, hint)]
    }
  },
}
