import type { Command } from 'commander'

/** Gathers an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

export const configured = (command: Command): Command =>
  command.option('-c, --config <file>', 'the configuration', 'config.yaml')

export const json = (command: Command): Command => command.option('--json', 'for programs')

/** For what the running Beadle is asked to do. */
export const ordered = (command: Command, wait = '10s'): Command =>
  json(configured(command)).option('--wait <time>', 'how long to wait for the running Beadle', wait)
