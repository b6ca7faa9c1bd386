import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ValidationSeverity, validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { read, root } from '../docs/markdown.ts'
import { lastStage } from './files.ts'

const STRICT = {
  deprecatedMaintainer: ValidationSeverity.ERROR,
  directiveCasing: ValidationSeverity.ERROR,
  emptyContinuationLine: ValidationSeverity.ERROR,
  instructionCasing: ValidationSeverity.ERROR,
  instructionCmdMultiple: ValidationSeverity.ERROR,
  instructionEntrypointMultiple: ValidationSeverity.ERROR,
  instructionHealthcheckMultiple: ValidationSeverity.ERROR,
  instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
  instructionWorkdirRelative: ValidationSeverity.ERROR,
}

/** What is wrong with a Dockerfile. */
const faults = (text: string) => validate(text, STRICT).map(({ message }) => message)

test('the Dockerfile has no fault', () => {
  expect(faults('FROM node\nWORKDIR app\nRUNN x')).toHaveLength(2)
  expect(faults(read('Dockerfile'))).toEqual([])
})

test('what the Dockerfile copies is there, and goes to the builder', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(match =>
    match[1]!.split(' '),
  )
  expect(copied.filter(path => !existsSync(join(root, path)))).toEqual([])
  const sent = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(match => match[1]!)
  expect(copied.filter(path => !sent.includes(path.split('/')[0]!))).toEqual([])
  expect(sent.filter(path => !copied.some(copy => copy.split('/')[0] === path))).toEqual([])
})

test('the image runs what package.json names, not as root, and is told to end as Beadle wants it', () => {
  const stage = lastStage()
  const { beadle } = JSON.parse(read('package.json')).bin
  expect(stage).toContain(`ENTRYPOINT ["node", "/app/${beadle}"]`)
  expect(stage).toContain('USER 1000:1000')
  expect(stage).toContain('STOPSIGNAL SIGTERM')
  expect(stage.filter(line => /^(CMD|ENTRYPOINT) (?!\[)/.test(line))).toEqual([])
})

test('the image has a Node.js that package.json allows', () => {
  const images = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(match => match[1])
  expect(new Set(images).size).toBe(1)
  const least = /^>=(\d+)/.exec(JSON.parse(read('package.json')).engines.node)![1]
  expect(Number(/^node:(\d+)-slim$/.exec(images[0]!)![1])).toBeGreaterThan(Number(least))
})
