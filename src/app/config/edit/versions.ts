import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { AppError } from '../../../base/errors.ts'
import { readTextFile } from './text-file.ts'

/** So many former versions of a file are kept. */
export const VERSIONS_KEPT = 10

/** What a file was before an edit. */
export interface Version {
  /** By which it is named: `config-20260131T090000000Z`. */
  readonly name: string
  /** When it was replaced, epoch ms. */
  readonly at: number
}

/** Beside config.yaml: what Beadle keeps for those who edit. */
export const besideConfig = (config: string, ...names: readonly string[]): string =>
  join(dirname(resolve(config)), '.beadle', ...names)

/** Under which name the versions of a file are kept: `config`, or for a bot `bots.herald`. */
export function seriesOf(config: string, file: string): string {
  const name = basename(file, extname(file))
  return resolve(config) === resolve(file) ? name : `bots.${name}`
}

/** Keeps a text as a version, readable by its owner only; the oldest of more than ten go. */
export function keepVersion(config: string, series: string, text: string, now: number): Version {
  const folder = besideConfig(config, 'versions')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const ignored = besideConfig(config, '.gitignore')
  // Secrets may stand in them.
  if (!existsSync(ignored)) writeFileSync(ignored, 'versions/\n')
  // Those that come at the same time follow each other.
  for (let at = Math.max(now, (versionsOf(config, series)[0]?.at ?? 0) + 1); ; at++) {
    const name = `${series}-${new Date(at).toISOString().replace(/[-:.]/g, '')}`
    const path = join(folder, `${name}.yaml`)
    if (existsSync(path)) continue
    const file = openSync(path, 'wx', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    for (const old of versionsOf(config, series).slice(VERSIONS_KEPT))
      rmSync(join(folder, `${old.name}.yaml`))
    return { name, at }
  }
}

const NAMED = /^(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.yaml$/

/** The versions of a file that are kept, the newest first. */
export function versionsOf(config: string, series: string): Version[] {
  const folder = besideConfig(config, 'versions')
  if (!existsSync(folder)) return []
  const found = readdirSync(folder).flatMap((file): Version[] => {
    const [, name, year, month, day, hour, minute, second, ms] = NAMED.exec(file) ?? []
    if (name !== series) return []
    return [
      {
        name: file.slice(0, -5),
        at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`),
      },
    ]
  })
  return found.sort((a, b) => (a.name < b.name ? 1 : -1))
}

/**
 * The text of a version.
 *
 * @throws AppError `config.version`
 */
export function readVersion(config: string, series: string, name: string): string {
  const known = versionsOf(config, series)
  if (known.some(version => version.name === name))
    return readTextFile(besideConfig(config, 'versions', `${name}.yaml`)).text
  throw new AppError(`there is no version ${name.slice(0, 100)}`, {
    code: 'config.version',
    hint: known.length > 0 ? `The last one is ${known[0]!.name}.` : 'None of this file is kept.',
  })
}
