/** What is to be undone once all tests of a file are through: `after-file.setup.ts` sees to it. */
const undos: (() => Promise<void>)[] = []

/** Has something undone once all tests of this file are through. */
export function afterFile(undo: () => Promise<void>): void {
  undos.push(undo)
}

/** What is made when it is first asked for, anew for each file. */
export function ofFile<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    if (!made) {
      made = { value: make() }
      afterFile(async () => {
        made = undefined
      })
    }
    return made.value
  }
}

export async function undoAll(): Promise<void> {
  for (const undo of undos.splice(0).reverse()) await undo()
}
