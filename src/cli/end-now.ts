/** Ends the process once all is written. */
export const endNow = (): void =>
  void process.stdout.write('', () => process.stderr.write('', () => process.exit()))
