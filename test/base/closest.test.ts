import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closest, levenshtein, nearest } from '../../src/base/closest.ts'

test('a word is close when a letter in three is wrong, or two neighbours stand the other way round', () => {
  expect(closest('hlep', ['mute', 'help'])).toBe('help')
  expect(closest('fier', ['fire', 'pause'])).toBe('fire')
  expect(closest('notcies', ['notice', 'notices'])).toBe('notices')
  expect(closest('HELP', ['Help'])).toBe('Help')
  expect(closest('禁颜', ['禁言', '解禁'])).toBe('禁言')
  expect(closest('nothing', ['notices'])).toBeUndefined()
  expect(closest('x'.repeat(61), ['x'.repeat(60)])).toBeUndefined()
})

test('asks of those only that are closer than what was found', () => {
  const asked: string[] = []
  const accept = (word: string) => asked.push(word) > 0 && word !== 'mutes'
  expect(nearest('mutess', ['weather', 'mutes', 'mute', 'mutesx'], accept)).toEqual({
    candidate: 'mutesx',
    distance: 1,
  })
  expect(asked).toEqual(['mutes', 'mute', 'mutesx'])
})

test('misses none that is close', () => {
  const word = fc.stringMatching(/^[a-eäé禁言]{1,9}$/)
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 8 }), (wanted, known) => {
      const most = Math.max(1, Math.floor(wanted.length / 3))
      const distances = known.map(other => ({ other, distance: levenshtein(wanted, other) }))
      const close = distances.filter(({ other, distance }) => distance <= most && distance < other.length)
      const best = Math.min(...close.map(({ distance }) => distance))
      const found = nearest(wanted, known)
      if (close.length > 0) expect(found?.distance).toBeLessThanOrEqual(best)
      if (found) expect(found.distance).toBeLessThanOrEqual(most)
    }),
    { seed: 9, numRuns: 2000 },
  )
})
