import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Has SIGHUP reload the configuration, once it is known how; one that comes while all starts is seen to then. A process
 * whose terminal was closed is told by the same signal, and ends at once: what was accepted is on disk.
 *
 * @returns to be called with what reloads it, once it is up
 */
export function reloadOnSignal(): (reload: () => Promise<unknown>) => void {
  const hasTerminal = [0, 1, 2].some(isatty)
  let reload: (() => Promise<unknown>) | undefined
  let isAsked = false
  const onHangUp = () => {
    if (hasTerminal && isTerminalGone()) {
      // Not by `exit`: Node aborts when it finds no terminal to hand back.
      process.off('SIGHUP', onHangUp)
      process.kill(process.pid, 'SIGHUP')
    } else if (reload) void reload()
    else isAsked = true
  }
  process.on('SIGHUP', onHangUp)
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
