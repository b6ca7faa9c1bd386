/** What an error means, and what can be done. */
export interface ErrorMeaning {
  readonly means: string
  readonly todo: string
}

export const meaning = (means: string, todo: string): ErrorMeaning => ({ means, todo })
