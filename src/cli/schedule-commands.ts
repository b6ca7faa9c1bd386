import type { Command } from 'commander'
import { ordered } from './common-options.ts'

const MOVES = {
  fire: 'have a schedule fire now, beside its times',
  pause: 'let a schedule fire no more, until it is resumed; also over restarts',
  resume: 'let one that is paused fire again',
} as const

/** `beadle schedule …`. */
export function addScheduleCommands(program: Command): void {
  const schedule = program.command('schedule').description('what happens at set times: look, fire, pause')
  ordered(schedule.command('list').description('list schedules by when they fire next'))
    .option('-b, --bot <id>', 'of this bot')
    .option('--within <time>', 'all that fire within this time, each as often as it does, such as 24h')
    .action(async options => (await import('./schedule.ts')).list(options))
  for (const how of Object.keys(MOVES) as (keyof typeof MOVES)[])
    ordered(schedule.command(`${how} <schedule>`).description(MOVES[how])).action(async (name, options) =>
      (await import('./schedule.ts')).move(how, name, options),
    )
}
