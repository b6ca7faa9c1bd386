import { printJson } from '../text.ts'

/** What was made, for a person or a program. */
export interface Made {
  readonly files: readonly string[]
  /** Files that were there, and have something more in them now. */
  readonly changed: readonly string[]
  /** What to type next. */
  readonly next: readonly string[]
}

/** Says what was made. */
export function tellMade(title: string, { files, changed, next }: Made, json: boolean): void {
  if (json) {
    printJson({ files, changed, next })
    return
  }
  const lines = [
    `${title}:`,
    ...files.map(file => `  + ${file}`),
    ...changed.map(file => `  ~ ${file}`),
    ...(next.length > 0 ? ['', 'Next:', ...next.map(command => `  ${command}`)] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
