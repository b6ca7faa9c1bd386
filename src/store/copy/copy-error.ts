import { AppError } from '../../base/errors.ts'

export type CopyErrorCode =
  /** The source has none of the tables that were asked for. */
  | 'copy.nothing'
  /** A side is not up to date. */
  | 'copy.outdated'
  /** Another process has a side open. */
  | 'copy.in-use'
  | 'copy.not-empty'
  /** The target is an unfinished copy of something else. */
  | 'copy.other'
  /** The source was written to since the copy was begun. */
  | 'copy.changed'
  | 'copy.columns'
  /** A value that cannot be copied as it is. */
  | 'copy.value'
  /** Source and target are not the same in the end. */
  | 'copy.differs'
  | 'copy.interrupted'

const ANEW = 'Drop the target and make it anew, then begin again.'

const hints: Record<CopyErrorCode, string> = {
  'copy.nothing': 'Look at --from and --schema.',
  'copy.outdated': '`beadle migrate --database …` brings it up to date.',
  'copy.in-use': 'Stop every Beadle and whatever else has it open, and run this again.',
  'copy.not-empty': 'Name another, or drop it and make it anew.',
  'copy.other': 'Finish that copy by its own command, or drop the target and make it anew.',
  'copy.changed': ANEW,
  'copy.columns': 'Bring both up to date by this version of Beadle.',
  'copy.value': 'Change or remove that row at the source, and run this again.',
  'copy.differs': ANEW,
  'copy.interrupted': 'Run the same command again: it goes on where it was.',
}

/** A copy that cannot be made, or is not right. */
export class CopyError extends AppError {
  override readonly name = 'CopyError'
  declare readonly code: CopyErrorCode

  constructor(code: CopyErrorCode, message: string, hint = hints[code]) {
    super(message, { code, hint })
  }
}
