import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { type Clock, systemClock } from '../../../base/clock.ts'
import { loadBotSpecs } from '../../plugins.ts'
import type { FieldPath } from '../field-path.ts'
import type { Env } from '../interpolate.ts'
import { type LoadedConfig, loadConfig } from '../load.ts'
import { ConfigError, type Problem } from '../problem.ts'
import { type ReadText, readText } from '../read-text.ts'
import type { Edit } from './edit.ts'
import { editText } from './edit-text.ts'
import { changed, readTextFile, replaceFile } from './text-file.ts'
import { keepVersion, readVersion, seriesOf, type Version } from './versions.ts'

export interface EditOptions {
  /** The config.yaml that the file belongs to. Default: the file itself. */
  readonly config?: string
  readonly env?: Env
  readonly clock?: Clock
  /** What the file was when the edit was thought of: its {@link digestOf}. Refused if it is another by now. */
  readonly ifDigest?: string
  /** Checks what the files of a configuration cannot tell by themselves. Default: the settings of its plugins. */
  readonly check?: (config: LoadedConfig) => Promise<unknown>
}

/** What came of an edit. */
export interface Edited {
  /** Whether the file is another than it was. */
  readonly isChanged: boolean
  /** For each edit, what came or went by it: the field, or the map around it that was made for it. */
  readonly at: readonly FieldPath[]
  /** What the file was before. */
  readonly former: Version | undefined
  /** Of the file as it is now. */
  readonly digest: string
  /** What was wrong before, and still is: elsewhere. */
  readonly problems: readonly Problem[]
}

/** Tells texts apart. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/**
 * Edits config.yaml or the file of a bot: all of the edits, or none. What they do not name stays byte for byte. Nothing
 * is written that a start would refuse, other than for what was wrong before. What the file was is kept as a version.
 *
 * @throws ConfigError with every problem that the edits would bring
 * @throws AppError `config.edit`, `config.value`, `config.changed`, `config.busy`, `config.unreadable`,
 * `config.unwritable`
 */
export function editConfig(file: string, edits: readonly Edit[], options: EditOptions = {}): Promise<Edited> {
  const at: FieldPath[] = []
  return change(file, options, text =>
    edits.reduce((before, edit) => {
      const edited = editText(before, edit)
      at.push(edited.at)
      return edited.text
    }, text),
  ).then(done => ({ ...done, at }))
}

/** Puts a former version of a file in its place; what it is now becomes a version itself. Checked as an edit is. */
export function restoreVersion(
  file: string,
  version: string,
  options: EditOptions = {},
): Promise<Omit<Edited, 'at'>> {
  const { config = file } = options
  return change(file, options, () => readVersion(config, seriesOf(config, file), version))
}

async function change(
  file: string,
  options: EditOptions,
  edit: (text: string) => string,
): Promise<Omit<Edited, 'at'>> {
  const { config = file, clock = systemClock, ifDigest } = options
  const current = readTextFile(file)
  if (ifDigest !== undefined && ifDigest !== digestOf(current.text)) throw changed(file)
  const text = edit(current.text)
  if (text === current.text)
    return { isChanged: false, former: undefined, digest: digestOf(text), problems: [] }
  const problems = await remaining(config, current.path, text, options)
  let former: Version | undefined
  replaceFile(current, text, clock, () => {
    former = keepVersion(config, seriesOf(config, file), current.text, clock.now())
  })
  return { isChanged: true, former, digest: digestOf(text), problems }
}

/** What is wrong with a configuration in which a file says something else; throws what was not wrong before. */
async function remaining(
  config: string,
  path: string,
  text: string,
  options: EditOptions,
): Promise<readonly Problem[]> {
  const read: ReadText = asked => (pathOf(asked) === path ? text : readText(asked))
  const after = await problemsOf(config, read, options)
  if (after.length === 0) return after
  const before = new Set((await problemsOf(config, readText, options)).map(identity))
  const fresh = after.filter(problem => !before.has(identity(problem)))
  if (fresh.length > 0) throw new ConfigError(fresh)
  return after
}

/** Not by its line, which an edit may have moved. */
const identity = ({ file, field, message }: Problem): string => JSON.stringify([file, field, message])

async function problemsOf(
  config: string,
  readFile: ReadText,
  { env = process.env, check = loadBotSpecs }: EditOptions,
): Promise<readonly Problem[]> {
  try {
    await check(await loadConfig(config, { env, readFile }))
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function pathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
