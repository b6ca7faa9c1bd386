import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { type Fence, fencesOf, read, root } from './markdown.ts'

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map(name => `docs/${name}`),
]
const examples = documents.flatMap(path =>
  fencesOf(read(path))
    .filter(({ language }) => language === 'ts')
    .map(fence => ({
      ...fence,
      path,
      file: join(root, 'test/docs', `${path.replace(/\W/g, '-')}-${fence.line}.ts`),
    })),
)

/** What stands before an example without imports, on a line of its own, and after it. */
const surroundings = (path: string): readonly [string, string] =>
  path === 'docs/client.md'
    ? [
        "import { BatchStopped, createClient, formatWireTime, NotFound, TransportError } from 'beadle/client'; const client = createClient({} as never); export const used = [client, BatchStopped, formatWireTime, NotFound, TransportError]; {",
        '}',
      ]
    : [
        "import { answer, DialogueOver, definePlugin, RetractTooLate, type SentMessage, UserError, z } from 'beadle'; export const used = [answer, DialogueOver, RetractTooLate, UserError, z, {} as SentMessage]; export default definePlugin({ name: 'example', async setup(ctx) {",
        '} })',
      ]

/** An example without imports stands where the document says; its first line stays where it is. */
function whole({ code, path }: Fence & { readonly path: string }): string {
  if (/^import /m.test(code))
    return path === 'docs/client.md'
      ? `${code}\nexport { BatchStopped, client, formatWireTime, NotFound, TransportError }`
      : code
  const [before, after] = surroundings(path)
  return `${before}\n${code}\n${after}`
}

/** What the compiler says of the examples, each with its place in the document. */
function problems(): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const files = new Map(examples.map(example => [example.file, whole(example)]))
  // A test of the guide imports the plugin that stands before it.
  const guided = examples.find(({ path }) => path === 'docs/first-plugin.md')!
  files.set(join(root, 'test/docs/index.ts'), guided.code)
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = host
  // Nothing is written: the examples exist in memory, beside this test.
  host.readFile = file => files.get(file) ?? readFile(file)
  host.fileExists = file => files.has(file) || fileExists(file)
  const program = ts.createProgram([...files.keys()], options, host)
  return examples.flatMap(({ file, path, line, code }) => {
    const source = program.getSourceFile(file)
    const shift = /^import /m.test(code) ? 0 : -1
    return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
      const at = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + shift
      return `${path}:${line + at} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

test('every example of the documents fits the types', { timeout: 120_000 }, () => {
  expect(examples.length).toBeGreaterThan(10)
  expect(problems()).toEqual([])
})
