import { relative } from 'node:path'
import { stringify } from 'yaml'
import {
  botFile,
  type Edit,
  editConfig,
  parseField,
  readTextFile,
  readValue,
  restoreVersion,
  seriesOf,
  valueIn,
  versionsOf,
} from '../app/config/edit/index.ts'
import { fieldName } from '../app/config/field-path.ts'
import { formatProblem } from '../app/config/index.ts'
import { withoutSecrets } from '../app/config/shown-value.ts'
import { AppError } from '../base/errors.ts'
import { usage } from './options.ts'
import { printJson, table, when } from './text.ts'

interface Options {
  readonly config: string
  readonly bot?: string
  readonly file?: string
  readonly json?: boolean
}

/** `beadle config get`: what stands in a file. */
export async function get(
  field: string | undefined,
  options: Options & { readonly reveal?: boolean },
): Promise<void> {
  const file = fileOf(options)
  const path = field === undefined ? [] : parseField(field)
  const value = valueIn(readTextFile(file).text, path)
  if (value === undefined || (path.length > 0 && value === null)) {
    throw new AppError(`${field} is not set in ${file}`, {
      code: 'config.unset',
      hint: 'beadle check --explain shows what holds in its place.',
    })
  }
  const shown = options.reveal ? value : withoutSecrets(value, path)
  if (options.json) return printJson(shown)
  const text = typeof shown === 'string' ? shown : stringify(shown, { lineWidth: 0, singleQuote: true })
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** `beadle config set`. */
export function set(
  field: string,
  value: string,
  options: Options & { readonly text?: boolean },
): Promise<void> {
  const edit: Edit = { kind: 'set', path: parseField(field), value: options.text ? value : readValue(value) }
  return apply(edit, options)
}

/** `beadle config unset`. */
export const unset = (field: string, options: Options): Promise<void> =>
  apply({ kind: 'unset', path: parseField(field) }, options)

async function apply(edit: Edit, options: Options): Promise<void> {
  const file = fileOf(options)
  const { isChanged, former, problems } = await editConfig(file, [edit], { config: options.config })
  const field = fieldName(edit.path)
  if (options.json) {
    const left = problems.map(({ cause: _, ...problem }) => problem)
    return printJson({ file, field, changed: isChanged, former: former?.name ?? null, problems: left })
  }
  if (!isChanged) return void process.stdout.write(`${file} says so already.\n`)
  const done = edit.kind === 'unset' ? 'is taken out' : 'is set'
  process.stdout.write(`${file}: ${field} ${done}. The file was kept as ${former!.name}.\n`)
  for (const problem of problems) process.stderr.write(`still wrong: ${formatProblem(problem)}\n`)
}

/** `beadle config versions`. */
export async function versions(options: Options): Promise<void> {
  const file = fileOf(options)
  const found = versionsOf(options.config, seriesOf(options.config, file))
  if (options.json) return printJson(found.map(({ name, at }) => ({ name, at: new Date(at).toISOString() })))
  if (found.length === 0) return void process.stdout.write(`No former version of ${file} is kept.\n`)
  process.stdout.write(
    table(
      ['VERSION', 'REPLACED'],
      found.map(({ name, at }) => [name, when(at)]),
    ),
  )
}

/** `beadle config restore`. */
export async function restore(version: string | undefined, options: Options): Promise<void> {
  const file = fileOf(options)
  const name = version ?? versionsOf(options.config, seriesOf(options.config, file))[0]?.name
  if (name === undefined)
    throw new AppError(`no former version of ${file} is kept`, { code: 'config.version' })
  const { isChanged, former } = await restoreVersion(file, name, { config: options.config })
  if (options.json)
    return printJson({ file, version: name, changed: isChanged, former: former?.name ?? null })
  const kept = former ? ` What it was until now was kept as ${former.name}.` : ''
  process.stdout.write(isChanged ? `${file} is ${name} again.${kept}\n` : `${file} is that already.\n`)
}

/** @throws AppError `cli.usage`, `config.bot` */
function fileOf({ config, bot, file }: Options): string {
  if (bot !== undefined && file !== undefined) throw usage('give --bot or --file, not both')
  if (bot === undefined) return file ?? config
  const path = botFile(config, bot)
  const here = relative('', path)
  return here.startsWith('..') ? path : here
}
