import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

const ALL = ['test/**/*.test.ts', 'plugins/**/*.test.ts']
const POSTGRES = [
  'test/postgres/*.test.ts',
  'test/store/{store,texts,plans,apps-step}.test.ts',
  'test/runtime/**/*.test.ts',
  'test/server/**/*.test.ts',
  'test/conformance/*.test.ts',
  'test/client/{many,history}.test.ts',
  'test/testing/{world,people,triggers}.test.ts',
  'test/simulation/*.test.ts',
  'test/app/health.test.ts',
]
/** What comes to the same on any engine: it has no store, or is about clocks and threads, and takes long. */
const OF_NO_ENGINE = [
  'test/runtime/bot/{split-text,media/*}.test.ts',
  'test/runtime/dispatch/attempts.test.ts',
  'test/runtime/plugin/commands/{command-pattern,command-word,parse-args,read-time}.test.ts',
  'test/runtime/plugin/hearing/*.test.ts',
  'test/runtime/plugin/middleware.test.ts',
  'test/runtime/quota/*.test.ts',
  'test/runtime/plugin/{carried-error,link,loader}.test.ts',
  'test/runtime/sources/cron/{croner-agrees,due-heap,missed,occurrences,plain,schedule-timer}.test.ts',
  'test/runtime/sources/{poller-clock,webhook/verify,webhook/kinds}.test.ts',
  'test/runtime/plugin/worker{,-*}.test.ts',
  'test/server/{documents,failing-store,fault-rules,openapi}.test.ts',
  'test/server/words/*.test.ts',
]
/** `FAULTS=postgres` tries these on PostgreSQL in place of SQLite. */
const FAULTS = ['test/faults/{points,kill,points-with-faults,kill-with-faults,fleet}.test.ts']
/** Of several processes on one database. */
const ONLY_POSTGRES = ['test/{server/processes,runtime/fleet,postgres}/*.test.ts']
/** They change what they load, or count on being the first to load it. */
const APART = ['test/{faults,simulation,store}/**/*.test.ts']

export default defineConfig({
  resolve: {
    alias: {
      // The longer names first: the shorter one is a part of them.
      'beadle/app': new URL('./src/app/index.ts', import.meta.url).pathname,
      'beadle/client': new URL('./src/client/index.ts', import.meta.url).pathname,
      'beadle/testing': new URL('./src/testing/index.ts', import.meta.url).pathname,
      beadle: new URL('./src/index.ts', import.meta.url).pathname,
    },
  },
  test: {
    // Processes take their time on a machine that is busy with other tests.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Many files wait for processes of their own, or for time to pass, much of the time.
    maxWorkers: availableParallelism() + 1,
    setupFiles: ['test/after-file.setup.ts'],
    projects: [
      // None of these changes what it loads: to load the source anew for each file would take as long as the tests.
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ALL,
          exclude: [...configDefaults.exclude, ...APART, ...ONLY_POSTGRES],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: process.env.FAULTS === 'postgres' ? FAULTS : POSTGRES,
          exclude: [...configDefaults.exclude, ...OF_NO_ENGINE],
          isolate: false,
          env: { BEADLE_TEST_ENGINE: 'postgres' },
          globalSetup: ['test/postgres/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: APART,
        },
      },
    ],
  },
})
