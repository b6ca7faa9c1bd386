import { basename } from 'node:path'

const LONGEST_NAME = 200

/** The last part of a path, fit to be shown as a file's name: no folders, no control characters, not too long. */
export function fileName(path: string): string | undefined {
  const last = basename(path.replaceAll('\\', '/'))
  const name = [...last.replace(/\p{Cc}/gu, '').trim()].slice(-LONGEST_NAME).join('')
  return name === '' || name === '.' || name === '..' ? undefined : name
}

/** As it stands in an address, decoded; percent signs that encode nothing are taken as they are. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
