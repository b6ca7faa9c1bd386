import { randomBytes } from 'node:crypto'

/** 24 letters and digits that nobody can guess. */
export function randomSecret(): string {
  for (;;) {
    const letters = randomBytes(48)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '')
    if (letters.length >= 24) return letters.slice(0, 24)
  }
}
