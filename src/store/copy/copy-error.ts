import { type ErrorMeaning, meaning } from '../../base/error-meaning.ts'
import { AppError } from '../../base/errors.ts'

const ANEW = 'Drop the target and make it anew, then begin again.'

/** What can be wrong with a copy, and what can be done. */
export const copyErrorMeanings = {
  'copy.nothing': meaning(
    'The source has none of the tables that were asked for',
    'Look at --from and --schema.',
  ),
  'copy.outdated': meaning('A side is not up to date', '`beadle migrate --database …` brings it up to date.'),
  'copy.in-use': meaning(
    'Another process has a side open',
    'Stop every Beadle and whatever else has it open, and run this again.',
  ),
  'copy.not-empty': meaning('The target is not empty', 'Name another, or drop it and make it anew.'),
  'copy.other': meaning(
    'The target is an unfinished copy of something else',
    'Finish that copy by its own command, or drop the target and make it anew.',
  ),
  'copy.changed': meaning('The source was written to since the copy was begun', ANEW),
  'copy.columns': meaning(
    'The sides do not have the same columns',
    'Bring both up to date by this version of Beadle.',
  ),
  'copy.value': meaning(
    'A value cannot be copied as it is',
    'Change or remove that row at the source, and run this again.',
  ),
  'copy.differs': meaning('Source and target are not the same in the end', ANEW),
  'copy.interrupted': meaning(
    'The copy was cut short',
    'Run the same command again: it goes on where it was.',
  ),
} as const satisfies Readonly<Record<string, ErrorMeaning>>

export type CopyErrorCode = keyof typeof copyErrorMeanings

/** A copy that cannot be made, or is not right. */
export class CopyError extends AppError {
  override readonly name = 'CopyError'
  declare readonly code: CopyErrorCode

  constructor(code: CopyErrorCode, message: string, hint: string = copyErrorMeanings[code].todo) {
    super(message, { code, hint })
  }
}
