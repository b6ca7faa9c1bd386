import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      // The longer names first: the shorter one is a part of them.
      'beadle/client': new URL('./src/client/index.ts', import.meta.url).pathname,
      'beadle/testing': new URL('./src/testing/index.ts', import.meta.url).pathname,
      beadle: new URL('./src/index.ts', import.meta.url).pathname,
    },
  },
  test: {
    include: ['test/**/*.test.ts', 'plugins/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Left to itself, vitest keeps one core free, of two; most files wait for processes of their own much of the time.
    maxWorkers: '100%',
  },
})
