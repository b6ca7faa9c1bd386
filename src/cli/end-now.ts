/** Ends the process once all is written: a plugin that was set up may keep something open. */
export const endNow = (): Promise<void> =>
  new Promise(() => process.stdout.write('', () => process.exit(process.exitCode ?? 0)))
