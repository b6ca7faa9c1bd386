// Writes docs/errors.md: the codes of errors, Beadle's own and those of JMessage.

const MADE = '<!-- Made by `npm run docs` of src/base, src/store and src/protocol: do not edit. -->'

/**
 * docs/errors.md.
 *
 * @param groups    meanings of Beadle's own codes, by what they are about
 * @param statuses  of refused webhooks, by what stands behind `webhook.`
 * @param jmessage  JMessage's codes
 */
export function errorsPage({ groups, statuses, jmessage }) {
  return `${[
    '# Errors',
    '',
    MADE,
    '',
    'Beadle’s own errors have a code that stays, for programs and for this page; the text beside it says more, and what to do.',
    'It is `err.code` in the log, and `error.code` in answers over HTTP and in plugins.',
    'Where it says *Nothing*, Beadle goes on by itself.',
    'What plugins throw themselves is handled [as it says there](plugins.md#errors), and what commands exit with is [in their reference](cli.md).',
    ...Object.entries(groups).flatMap(([title, codes]) => [
      '',
      `## ${title}`,
      '',
      '| Code | Means | What to do |',
      '| --- | --- | --- |',
      ...Object.entries(codes).map(([code, { means, todo }]) =>
        row(`\`${code}\``, means + http(code, statuses), todo),
      ),
    ]),
    '',
    '## Codes of JMessage',
    '',
    'JMessage answers with these, and so does the [IM server](im-server.md); in plugins they are `jmCode` of an `ApiError`.',
    'Which call answers with which is in [api.md](api.md).',
    '',
    '| Code | Status | Message | What to do |',
    '| --- | --- | --- | --- |',
    ...Object.entries(jmessage)
      .sort(([a], [b]) => a - b)
      .map(([code, { status, message, advice }]) => row(code, status, message, advice)),
  ].join('\n')}\n`
}

const http = (code, statuses) => {
  const status = code.startsWith('webhook.') ? statuses[code.replace('webhook.', '')] : undefined
  return status === undefined ? '' : ` (${status})`
}

const row = (...cells) => `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
