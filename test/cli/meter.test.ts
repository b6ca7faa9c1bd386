import { expect, onTestFinished, test, vi } from 'vitest'
import { Meter } from '../../src/cli/meter.ts'

/** What is written while something goes on, on a terminal or elsewhere. */
function measured({ isTerminal, json }: { readonly isTerminal: boolean; readonly json: boolean }) {
  const before = process.stderr.isTTY
  process.stderr.isTTY = isTerminal
  const said = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map(stream =>
    vi.spyOn(process[stream], 'write').mockImplementation(text => {
      said[stream] += String(text)
      return true
    }),
  )
  onTestFinished(() => {
    process.stderr.isTTY = before
  })
  const meter = new Meter(json)
  for (const done of [0, 5, 10])
    meter.show({ phase: 'sending', what: 'sending', done, total: 10, unit: 'targets', json: { done } })
  meter.end()
  for (const spy of spies) spy.mockRestore()
  return said
}

test('on a terminal a bar shows how far something is, in one line', () => {
  const { stdout, stderr } = measured({ isTerminal: true, json: false })
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^\r\u001b\[Ksending ░{20} 0 of 10 targets/)
  expect(stderr).toMatch(/\r\u001b\[Ksending █{20} 10 of 10 targets, 100 %[^\r\n]*\n$/)
})

test('elsewhere there is no bar, and a line now and then', () => {
  const { stdout, stderr } = measured({ isTerminal: false, json: false })
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^sending: 0 of 10 targets[^\n]*\nsending: 10 of 10 targets, 100 %[^\n]*\n$/)
  expect(stderr).not.toMatch(/[█░\r\u001b]/)
})

test('for programs there is JSON, and nothing beside it, on a terminal too', () => {
  const { stdout, stderr } = measured({ isTerminal: true, json: true })
  expect(stderr).toBe('')
  const lines = stdout.trimEnd().split('\n')
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { done: 0, total: 10, percent: 0 },
    { done: 10, total: 10, percent: 100 },
  ])
})
