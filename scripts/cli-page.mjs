// Writes docs/cli.md: what can be typed, as `beadle --help` has it.

const MADE = '<!-- Made by `npm run docs` of src/cli: do not edit. -->'

/** docs/cli.md, of the program. */
export function cliPage(program) {
  const groups = grouped(shown(program))
  return `${[
    '# The command line',
    '',
    MADE,
    '',
    '`npx beadle --help` shows all commands, and `npx beadle COMMAND --help` one of them.',
    'With `--json` a command writes what it has found or done as JSON, for programs; the options are in brackets below where they may be left out.',
    'What goes wrong is then told on standard error as one line: `{"error": {"code", "message", "hint", "retry"}}`.',
    '`code` is a stable word, such as `cli.usage` or `transport.failed`, and `retry` is `never`, `later` or `unsure` where it may have been done; a refusal of JMessage has its `endpoint`, `status` and `jmCode` too, and a configuration all of its `problems`, each with `file`, `line`, `field`, `message` and `hint`.',
    '`source <(npx beadle completion bash)` has the shell complete commands, options and the names of bots.',
    '',
    'What is asked of the running Beadle, as `mute` or `schedule fire`, is done by it within half a second; `--wait` says how long that is waited for.',
    '',
    '| Exit code | Means |',
    '| --- | --- |',
    '| 0 | done; of `start`, `dev` and `server`: ended when they were told to |',
    '| 1 | refused, wrong, or not all of it done: the last lines say what, and what to do |',
    '| 2 | asked for, and no Beadle has done it yet: it is done when one runs |',
    '| 130, 143 | another command, ended by SIGINT or SIGTERM in the midst of it |',
    ...[...groups].flatMap(([group, commands]) => [
      '',
      `## ${group.replace(/:$/, '')}`,
      ...commands.flatMap(command => section(command, 'beadle')),
    ]),
  ].join('\n')}\n`
}

const shown = command => command.commands.filter(one => one.name() !== 'help' && one.name() !== 'complete')
const groupOf = command => command.helpGroup() || 'Others'

function grouped(commands) {
  const groups = new Map()
  for (const command of commands)
    groups.set(groupOf(command), [...(groups.get(groupOf(command)) ?? []), command])
  return groups
}

function section(command, parent) {
  const name = `${parent} ${command.name()}`
  const subs = shown(command)
  const own = [
    '',
    `### ${name}`,
    '',
    `${sentence(command.description())}`,
    ...(subs.length > 0 && !command._actionHandler
      ? []
      : ['', '```text', `${parent} ${command.name()} ${command.usage()}`.trim(), '```']),
    ...options(command),
  ]
  return [...own, ...subs.flatMap(sub => section(sub, name))]
}

function options({ options }) {
  const all = options.filter(({ hidden }) => !hidden)
  if (all.length === 0) return []
  return [
    '',
    '| Option | |',
    '| --- | --- |',
    ...all.map(({ flags, description, defaultValue, mandatory }) => {
      const standard = typeof defaultValue === 'string' ? ` Default: \`${defaultValue}\`.` : ''
      return `| \`${cell(flags)}\` | ${cell(sentence(description))}${mandatory ? ' Required.' : ''}${standard} |`
    }),
  ]
}

const sentence = text => {
  const whole = text.replaceAll('<', '&lt;')
  return `${whole[0]?.toUpperCase() ?? ''}${whole.slice(1)}${/[.!?]$/.test(whole) ? '' : '.'}`
}
const cell = text => text.replaceAll('|', '\\|')
