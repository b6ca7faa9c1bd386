import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Has SIGHUP reload the configuration, once it is known how; one that comes while all starts is seen to then. A process
 * whose terminal was closed is told by the same signal, and ends as by SIGTERM.
 *
 * @returns to be called with what reloads it, once it is up
 */
export function reloadOnSignal(): (reload: () => Promise<unknown>) => void {
  const hasTerminal = [0, 1, 2].some(isatty)
  let reload: (() => Promise<unknown>) | undefined
  let isAsked = false
  process.on('SIGHUP', () => {
    if (hasTerminal && isTerminalGone()) process.kill(process.pid, 'SIGTERM')
    else if (reload) void reload()
    else isAsked = true
  })
  return given => {
    reload = given
    if (isAsked) void given()
  }
}

function isTerminalGone(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return false
  } catch {
    return true
  }
}
